"""Golden values: two models by hand, and what methods are made of."""

import math
from dataclasses import replace

import numpy as np
import pytest

from da.benchmark.gate_evidence import Observation, evidence, matches_marginals
from da.benchmark.method_files import names, settings_of

SOURCE_ONLY = Observation(
    source_accuracy=0.90,
    source_prior=np.array([0.5, 0.5]),
    target_prior=np.array([0.6, 0.4]),
    mean_probabilities=np.array([0.5, 0.5]),
    mean_entropy=0.3 * math.log(2),
    predicted_shares=np.array([0.5, 0.5]),
    estimated_accuracy=0.70,
    predictions=np.array([0, 0, 1, 1, 1]),
)
ADAPTED = replace(
    SOURCE_ONLY,
    source_accuracy=0.88,
    mean_probabilities=np.array([0.9, 0.1]),
    mean_entropy=0.1 * math.log(2),
    predicted_shares=np.array([0.8, 0.2]),
    estimated_accuracy=0.75,
    predictions=np.array([0, 0, 0, 0, 1]),
)


def entropy(*p):
    return -sum(x * math.log(x) for x in p)


def compared(adapted=ADAPTED, source_only=SOURCE_ONLY):
    return evidence(adapted, source_only, matches_marginals=True, items_per_class=7.0)


def test_two_models_by_hand():
    e = compared()
    assert e.disagreement == pytest.approx(0.4)
    # information maximization over log 2: entropy of the mean less the mean entropy
    assert e.margin == pytest.approx(entropy(0.9, 0.1) / math.log(2) - 0.1 - (1 - 0.3))
    assert e.source_loss == pytest.approx(0.02)
    assert e.prior_shift == pytest.approx(0.1)
    assert e.estimated_gain == pytest.approx(0.05)
    assert e.entropy_ratio == pytest.approx(entropy(0.9, 0.1) / entropy(0.6, 0.4))
    assert e.share_ratio == pytest.approx(0.8 / 0.6)
    assert (e.marginal_aligning, e.items_per_class) == (True, 7)


def test_a_prior_that_shifted_is_what_predictions_should_match():
    shifted = replace(SOURCE_ONLY, target_prior=np.array([0.9, 0.1]))
    # the adapted model's mean prediction is that prior, so that its divergence is 0
    even = -(0.5 * math.log(0.5 / 0.9) + 0.5 * math.log(0.5 / 0.1)) / math.log(2) - 0.3
    assert compared(source_only=shifted).margin == pytest.approx(-0.1 - even)


def test_the_prior_that_the_adapted_model_suggests_is_of_no_account():
    own = replace(ADAPTED, target_prior=np.array([1.0, 0.0]), source_prior=np.array([0.0, 1.0]))
    assert compared(own) == compared()


def test_what_was_not_recorded_is_not_known():
    unknown = replace(SOURCE_ONLY, estimated_accuracy=float("nan"))
    assert math.isnan(compared(source_only=unknown).estimated_gain)


@pytest.mark.parametrize(
    ("method", "hurt"),
    [
        ("da.methods.DANN", True),
        ("da.methods.AFN", False),
        ({"class_path": "da.methods.PADA", "init_args": {"weight": 1.0}}, False),
        ({"class_path": "da.methods.Shallow", "init_args": {"baseline": "da.shallow.PCA"}}, False),
        ({"class_path": "da.methods.Shallow", "init_args": {"baseline": "da.shallow.TCA"}}, True),
        ({"class_path": "da.methods.Joint", "init_args": {"terms": ["da.methods.AFN"]}}, False),
        (
            {
                "class_path": "da.methods.Joint",
                "init_args": {"terms": ["da.methods.AFN", {"class_path": "da.methods.MCC"}]},
            },
            True,
        ),
        ({"class_path": "nowhere.Mine"}, True),
        ("Mine", True),
        ("da.schedules.constant", True),
    ],
)
def test_whether_class_proportions_matter_to_a_method(method, hurt):
    assert matches_marginals(method) is hurt


def test_every_file_of_a_method_answers():
    hurt = {name for name in names() if matches_marginals(settings_of(name))}
    assert {"dann_mcc", "coral_im", "shallow_tca", "cdan_e", "dirt_t"} <= hurt
    assert not {"source_only", "shallow_kmm", "jumbot", "pada", "shallow_linear_svm"} & hurt
