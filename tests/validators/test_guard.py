"""Each condition, on both sides of its threshold."""

import numpy as np
import pytest

from da.validators import guarded

SOUND = {
    "source_accuracy": 0.88,
    "source_only_accuracy": 0.90,
    "mean_probabilities": np.array([0.3, 0.3, 0.4]),
    "predicted_shares": np.array([0.3, 0.3, 0.4]),
    "prior": np.array([0.2, 0.4, 0.4]),
}


def passes(**changes):
    return guarded(**{**SOUND, **changes})


def test_a_sound_candidate_passes():
    assert passes()


def test_source_accuracy_may_fall_by_the_tolerance():
    assert passes(source_accuracy=0.87)
    assert not passes(source_accuracy=0.8699)
    assert passes(source_accuracy=0.8699, tolerance=0.05)
    # In floats, .40 - .05 is above .35.
    assert passes(source_accuracy=0.35, source_only_accuracy=0.40, tolerance=0.05)
    assert passes(source_accuracy=1.0)


def test_mean_prediction_keeps_half_of_the_priors_entropy():
    prior = np.full(4, 0.25)  # entropy log 4, of which half is log 2
    shares = np.full(4, 0.25)
    two = np.array([0.5, 0.5, 0, 0])
    assert passes(mean_probabilities=two, predicted_shares=shares, prior=prior)
    less = np.array([0.51, 0.49, 0, 0])
    assert not passes(mean_probabilities=less, predicted_shares=shares, prior=prior)


def test_no_class_is_predicted_three_times_as_often_as_the_most_frequent():
    mean = prior = np.full(5, 0.2)
    assert passes(
        mean_probabilities=mean, prior=prior, predicted_shares=np.array([0.6, 0.1, 0.1, 0.1, 0.1])
    )
    assert not passes(
        mean_probabilities=mean, prior=prior, predicted_shares=np.array([0.61, 0.09, 0.1, 0.1, 0.1])
    )


def test_collapse_does_not_pass():
    one = np.array([1.0, 0, 0])
    assert not passes(mean_probabilities=one, predicted_shares=one)


@pytest.mark.parametrize("name", SOUND)
@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_what_is_not_finite_does_not_pass(name, bad):
    value = SOUND[name]
    changed = float(bad) if isinstance(value, float) else np.where([1, 0, 0], bad, value)
    assert not passes(**{name: changed})
