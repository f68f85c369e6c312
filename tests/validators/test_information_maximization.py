"""Golden values: four predictions by hand, scipy, and predictions whose score is known."""

import math

import numpy as np
import pytest
import torch
from scipy import stats

from da.validators import information_maximization, normalized_information, prior_matching

from .examples import LOGITS, PROBABILITIES, confident, source, target

PRIOR = np.array([0.2, 0.4, 0.4])
BALANCED = confident(torch.tensor([0, 0, 1, 1, 2, 2]), 3)


def test_four_predictions():
    value = information_maximization(source(), target(LOGITS)).value
    assert value == pytest.approx(0.32927090947, abs=1e-9)
    assert value * math.log(3) == pytest.approx(0.36174106744793666, abs=1e-12)


def test_four_predictions_and_a_prior():
    value = prior_matching(source(), target(LOGITS), prior=PRIOR).value
    assert value * math.log(3) == pytest.approx(-0.7538294788, abs=1e-9)


def test_equals_scipy():
    p = PROBABILITIES.numpy()
    mean_entropy = stats.entropy(p, base=3, axis=1).mean()
    value = information_maximization(source(), target(LOGITS)).value
    assert value == pytest.approx(stats.entropy(p.mean(0), base=3) - mean_entropy)
    value = prior_matching(source(), target(LOGITS), prior=PRIOR).value
    assert value == pytest.approx(-stats.entropy(p.mean(0), PRIOR, base=3) - mean_entropy)


def test_collapse_has_no_information():
    for logits in (confident(torch.zeros(6, dtype=torch.int64), 3), torch.zeros(6, 3)):
        score = information_maximization(source(), target(logits))
        assert score.value == pytest.approx(0, abs=1e-15)
        assert score.status == "collapsed"


def test_certain_and_balanced_is_one():
    assert information_maximization(source(), target(BALANCED)).value == pytest.approx(1)


def test_matching_the_prior_with_certainty_is_zero():
    logits = confident(torch.tensor([0, 1, 1, 2, 2] * 2), 3)
    assert prior_matching(source(), target(logits), prior=PRIOR).value == pytest.approx(0)
    assert prior_matching(source(), target(BALANCED), prior=PRIOR).value < -0.01


def test_a_uniform_prior_shifts_the_score_by_one():
    uniform = prior_matching(source(), target(LOGITS), prior=np.full(3, 1 / 3)).value
    plain = information_maximization(source(), target(LOGITS)).value
    assert uniform == pytest.approx(plain - 1)


def test_permuting_classes_and_prior_changes_nothing():
    order = [2, 0, 1]
    moved = prior_matching(source(), target(LOGITS[:, order]), prior=PRIOR[order])
    expected = prior_matching(source(), target(LOGITS), prior=PRIOR)
    assert moved.value == pytest.approx(expected.value, abs=1e-12)


def test_a_prior_of_zero_still_ranks_models():
    prior = np.array([0.5, 0.5, 0.0])
    near = confident(torch.tensor([0, 0, 0, 1, 1, 1, 1, 2]), 3)
    values = [prior_matching(source(), target(z), prior=prior).value for z in (near, BALANCED)]
    assert all(math.isfinite(v) for v in values)
    assert values[0] > values[1]


def test_a_prior_that_is_not_finite_is_degenerate():
    score = prior_matching(source(), target(LOGITS), prior=np.array([np.nan, 0.5, 0.5]))
    assert math.isnan(score.value)
    assert score.status == "degenerate"


def test_a_prior_of_other_classes_raises():
    with pytest.raises(ValueError, match=r"each of 3 classes; got shape \(2,\)"):
        prior_matching(source(), target(LOGITS), prior=np.array([0.5, 0.5]))


@pytest.mark.parametrize(
    ("mean", "mean_entropy"), [([1.0], 0.0), ([0.5, np.nan], 0.1), ([0.5, 0.5], np.inf)]
)
def test_formula_is_nan_for_what_it_cannot_score(mean, mean_entropy):
    assert math.isnan(normalized_information(np.array(mean), mean_entropy))
