"""The contract that all validators share, checked on each of them."""

import math
from functools import partial

import numpy as np
import pytest
import torch

from da.batch import Labeled
from da.validators import (
    entropy,
    information_maximization,
    prior_matching,
    source_accuracy,
    source_nll,
)

from .examples import LABELS, LOGITS, PROBABILITIES, confident, source, target

matched = partial(prior_matching, prior=np.array([0.2, 0.4, 0.4]))
VALIDATORS = [source_accuracy, source_nll, entropy, information_maximization, matched]


def on(validator, logits, labels):
    return validator(source(logits, labels), target(logits))


@pytest.mark.parametrize("validator", VALIDATORS)
def test_enough_samples_of_several_classes_need_no_status(validator):
    score = on(validator, LOGITS, LABELS)
    assert math.isfinite(score.value)
    assert score.status is None


@pytest.mark.parametrize("validator", VALIDATORS)
def test_few_samples_are_flagged(validator):
    score = on(validator, LOGITS[:5], LABELS[:5])
    assert math.isfinite(score.value)
    assert score.status == "collapsed"
    assert on(validator, LOGITS[:6], LABELS[:6]).status is None


@pytest.mark.parametrize("validator", VALIDATORS)
def test_one_predicted_class_is_flagged(validator):
    score = on(validator, PROBABILITIES[:1].log().repeat(8, 1), LABELS)
    assert math.isfinite(score.value)
    assert score.status == "collapsed"


@pytest.mark.parametrize("validator", VALIDATORS)
@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
def test_logits_that_are_not_finite_are_degenerate(validator, bad):
    logits = LOGITS.clone()
    logits[3, 1] = bad
    score = on(validator, logits, LABELS)
    assert math.isnan(score.value)
    assert score.status == "degenerate"


@pytest.mark.parametrize("validator", VALIDATORS)
def test_no_samples_are_too_few(validator):
    score = on(validator, LOGITS[:0], LABELS[:0])
    assert math.isnan(score.value)
    assert score.status == "too_few"


@pytest.mark.parametrize("validator", VALIDATORS[:-1])
def test_one_class_is_degenerate(validator):
    score = on(validator, torch.zeros(8, 1), torch.zeros(8, dtype=torch.int64))
    assert math.isnan(score.value)
    assert score.status == "degenerate"


@pytest.mark.parametrize("validator", VALIDATORS)
def test_order_of_samples_does_not_matter(validator):
    order = torch.tensor([5, 2, 7, 0, 1, 6, 4, 3])
    moved = on(validator, LOGITS[order], LABELS[order])
    assert moved.value == pytest.approx(on(validator, LOGITS, LABELS).value, abs=1e-12)


@pytest.mark.parametrize("validator", VALIDATORS[:-1])
def test_names_of_classes_do_not_matter(validator):
    order = torch.tensor([1, 2, 0])
    moved = on(validator, LOGITS[:, order], order.argsort()[LABELS])
    assert moved.value == pytest.approx(on(validator, LOGITS, LABELS).value, abs=1e-12)


@pytest.mark.parametrize("validator", VALIDATORS)
def test_is_computed_in_float64_under_autocast(validator):
    half = LOGITS.bfloat16()
    expected = on(validator, half.double(), LABELS)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        score = on(validator, half, LABELS)
    assert score.value == pytest.approx(expected.value, abs=1e-12)


@pytest.mark.parametrize("validator", VALIDATORS[2:])
def test_scores_of_the_target_are_blind_to_the_source(validator):
    noise = Labeled(torch.zeros(8, 1), confident(LABELS, 3), LABELS)
    assert validator(noise, target(LOGITS)) == validator(source(), target(LOGITS))


@pytest.mark.parametrize("validator", VALIDATORS)
def test_leaves_no_gradient_and_no_change(validator):
    logits = LOGITS.clone().requires_grad_()
    score = on(validator, logits, LABELS)
    assert isinstance(score.value, float)
    assert logits.grad is None
    assert torch.equal(logits, LOGITS)
