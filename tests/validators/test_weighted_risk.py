"""Golden values of the four importance-weighted scores, by hand and from their definitions."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from da.validators import dev, devn, effective_size, iwcv, self_normalized_iwcv
from da.validators.dev import control_variate_risk
from da.validators.devn import shifted
from da.validators.importance import weighted_status
from da.validators.iwcv import self_normalized_risk, weighted_risk

from .examples import LOGITS, source, target

WEIGHTS = np.array([0.5, 1, 1.5, 2, 0.2])
LOSSES = np.array([0.1, 0.4, 0.9, 1.2, 0.3])
VALIDATORS = [iwcv, self_normalized_iwcv, dev, devn]
GOLDEN = [0.852, 0.8192307692, 0.7988742964, 0.7044]

# The five samples nine times: enough of them, and every mean and ratio stays what it is.
TIMES = 9
MANY = np.tile(WEIGHTS, TIMES)


def with_losses(losses=LOSSES):
    """Samples of two classes whose negative log-likelihoods are these."""
    p = torch.as_tensor(np.exp(-np.tile(losses, TIMES)))
    logits = torch.stack([p, 1 - p], 1).log()
    return source(logits, torch.zeros(len(p), dtype=torch.int64))


def on(validator, weights=MANY, held_out=None, **options):
    held_out = with_losses() if held_out is None else held_out
    return validator(held_out, target(LOGITS[:0]), weights=weights, **options)


@pytest.mark.parametrize(("validator", "golden"), [*zip(VALIDATORS, GOLDEN, strict=True)])
def test_golden_values(validator, golden):
    score = on(validator)
    assert score.value == pytest.approx(-golden, abs=1e-9)
    assert score.status is None


def test_golden_values_of_the_formulas():
    assert weighted_risk(WEIGHTS, LOSSES) == pytest.approx(GOLDEN[0], abs=1e-12)
    assert self_normalized_risk(WEIGHTS, LOSSES) == pytest.approx(GOLDEN[1], abs=1e-9)
    assert control_variate_risk(WEIGHTS, LOSSES) == pytest.approx(GOLDEN[2], abs=1e-9)
    eta = (GOLDEN[2] - GOLDEN[0]) / (WEIGHTS.mean() - 1)
    assert eta == pytest.approx(-1.3281425891, abs=1e-8)
    np.testing.assert_allclose(shifted(WEIGHTS), [0.73, 0.98, 1.23, 1.48, 0.58])
    assert control_variate_risk(shifted(WEIGHTS), LOSSES) == pytest.approx(GOLDEN[3], abs=1e-12)
    assert effective_size(WEIGHTS) == pytest.approx(3.5862068966, abs=1e-9)


def test_the_control_variate_is_the_one_of_least_variance():
    rng = np.random.default_rng(0)
    weights, losses = rng.exponential(size=50), rng.exponential(size=50)
    # The residual of a regression of the weighted losses on the weights, at weight 1.
    slope, intercept = np.polyfit(weights, weights * losses, 1)
    assert control_variate_risk(weights, losses) == pytest.approx(slope + intercept)


def test_a_control_variate_may_leave_a_negative_risk():
    # weighted losses of 0 and 3 at weights 2 and 3: the line through them is at -3 for weight 1
    assert control_variate_risk(np.array([2.0, 3]), np.array([0.0, 1])) == pytest.approx(-3)


@settings(derandomize=True, database=None, max_examples=100, deadline=None)
@given(
    arrays(float, 7, elements=st.floats(0.01, 1e6)), arrays(float, 7, elements=st.floats(0, 700))
)
def test_shifted_weights_leave_a_control_variate_nothing_to_do(weights, losses):
    new = shifted(weights)
    assert new.mean() == pytest.approx(1, abs=1e-12)
    assert 0 <= new.min() <= new.max() <= 2
    expected = np.mean(new * losses)
    assert control_variate_risk(new, losses) == pytest.approx(expected, abs=1e-6)


def test_weights_and_losses_are_multiplied_one_by_one():
    # The mean of the products of all pairs is another number.
    assert on(iwcv).value != pytest.approx(-WEIGHTS.mean() * LOSSES.mean(), abs=0.1)


def test_a_column_of_weights_raises_instead_of_making_a_table():
    with pytest.raises(ValueError, match=r"45 .* weights of shape \(45,\); got \(45, 1\)"):
        weighted_status(with_losses(), MANY[:, None])
    for validator in VALIDATORS:
        with pytest.raises(ValueError, match=r"got \(44,\)"):
            on(validator, MANY[1:])


@pytest.mark.parametrize(
    ("validator", "factor"), [(iwcv, 1.1), (self_normalized_iwcv, 1), (dev, 1.1), (devn, 1)]
)
def test_equal_weights_need_no_control_variate(validator, factor):
    # Of 1.1, not even the mean is 1.1 exactly, nor the variance 0.
    assert on(validator, np.full(45, 1.1)).value == pytest.approx(-factor * LOSSES.mean())
    assert on(validator, np.ones(45)).value == pytest.approx(-LOSSES.mean())


@pytest.mark.parametrize(
    ("validator", "formula"),
    [
        (iwcv, weighted_risk),
        (self_normalized_iwcv, self_normalized_risk),
        (dev, control_variate_risk),
        (devn, lambda weights, losses: control_variate_risk(shifted(weights), losses)),
    ],
)
def test_errors_are_zero_or_one(validator, formula):
    logits = torch.tensor([[2.0, 0.0], [2.0, 0.0], [0.0, 2.0], [0.0, 2.0], [2.0, 0.0]])
    held_out = source(logits.repeat(TIMES, 1), torch.zeros(45, dtype=torch.int64))
    expected = -formula(WEIGHTS, np.array([0.0, 0, 1, 1, 0]))
    assert on(validator, held_out=held_out, risk="error").value == pytest.approx(expected)
    assert expected != pytest.approx(-0.4)


@pytest.mark.parametrize("validator", VALIDATORS)
def test_weights_worth_too_few_samples_have_no_score(validator):
    few = source(LOGITS.repeat(4, 1), torch.zeros(32, dtype=torch.int64))
    assert on(validator, np.ones(32), few).status is None
    for weights in (np.r_[np.ones(29), np.zeros(3)], np.zeros(32), np.r_[100, np.ones(31)]):
        score = on(validator, weights, few)
        assert math.isnan(score.value)
        assert score.status == "too_few"
    many = source(LOGITS.repeat(500, 1), torch.zeros(4000, dtype=torch.int64))
    weights = np.zeros(4000)
    weights[:39] = 1
    assert on(validator, weights, many).status == "too_few"
    weights[39] = 1
    assert on(validator, weights, many).status is None


@pytest.mark.parametrize("validator", VALIDATORS)
@pytest.mark.parametrize("bad", [np.nan, np.inf, -1])
def test_bad_weights_are_degenerate(validator, bad):
    score = on(validator, np.r_[bad, MANY[1:]])
    assert math.isnan(score.value)
    assert score.status == "degenerate"


@pytest.mark.parametrize("validator", VALIDATORS)
def test_status_of_the_source_predictions(validator):
    assert on(validator, MANY[:0], source(LOGITS[:0], torch.zeros(0).long())).status == "too_few"
    nan = source(torch.full((45, 2), torch.nan), torch.zeros(45).long())
    assert on(validator, held_out=nan).status == "degenerate"
    one = source(torch.tensor([[3.0, 1.0]]).repeat(45, 1), torch.zeros(45).long())
    assert on(validator, held_out=one).status == "collapsed"


@settings(derandomize=True, database=None, max_examples=100, deadline=None)
@given(
    arrays(float, 40, elements=st.floats(0, 1e6)),
    arrays(float, 40, elements=st.floats(0, 700)),
    st.permutations(range(40)),
)
def test_scores_are_sound_whatever_the_weights(weights, losses, order):
    # Class 0 against a second of the opposite logit: the loss is log(1 + exp(2 z)).
    logits = torch.as_tensor(np.stack([-losses, losses], 1) / 2)
    held_out = source(logits, torch.zeros(40, dtype=torch.int64))
    moved = source(logits[order], held_out.labels)
    highest = np.logaddexp(0, losses).max()
    for validator in VALIDATORS:
        score = on(validator, weights, held_out)
        assert math.isfinite(score.value) == (score.status in (None, "collapsed"))
        if not math.isfinite(score.value):
            continue
        again = on(validator, weights[order], moved).value
        assert again == pytest.approx(score.value, rel=1e-6, abs=1e-6)
        if validator is not dev:
            assert score.value <= 1e-9
        if validator is self_normalized_iwcv:
            assert score.value >= -highest - 1e-9


@pytest.mark.parametrize("validator", [self_normalized_iwcv, devn])
def test_the_scale_of_the_weights_does_not_matter(validator):
    for scale in (1e-200, 3, 1e200):
        assert on(validator, scale * MANY).value == pytest.approx(on(validator).value)


def test_no_score_is_changed_by_another():
    held_out, weights = with_losses(), MANY.copy()
    before = [on(v, weights, held_out) for v in VALIDATORS]
    assert [on(v, weights, held_out) for v in reversed(VALIDATORS)] == before[::-1]
    assert np.array_equal(weights, MANY)
