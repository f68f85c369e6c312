"""The contract that all validators share, checked on each of them."""

import math
from functools import partial

import numpy as np
import pytest
import torch

from da.batch import Labeled
from da.validators import (
    Score,
    atc,
    circv,
    class_ami,
    class_confusion,
    class_silhouette,
    consistency,
    effective_rank,
    ensemble_classes,
    ensv,
    entropy,
    gde,
    information_maximization,
    matrix_norm,
    mixing_partners,
    mixval,
    neighborhood_density,
    nuclear_norm,
    prior_matching,
    softmax_correlation,
    source_accuracy,
    source_nll,
    transfer_score,
)
from da.validators.score import score, worst

from .examples import FEATURES, LABELS, LOGITS, PROBABILITIES, confident, source, target


def same_augmented(source, target):
    return consistency(source, target, augmented=target.logits)


def same_twin(source, target):
    return gde(source, target, twin=target.logits)


def same_backward(source, target):
    return circv(source, target, backward=source.logits)


def alone(source, target):
    return ensv(source, target, ensemble=ensemble_classes([target.logits]))


def unmixed(source, target):
    others = mixing_partners(len(target.logits))
    return mixval(source, target, mixtures=target.logits, others=others)


def classified(source, target):
    return transfer_score(source, target, classifier=torch.eye(target.logits.shape[1]))


matched = partial(prior_matching, prior=np.array([0.2, 0.4, 0.4]))
OF_TARGET = [
    *(entropy, information_maximization, nuclear_norm, class_confusion, softmax_correlation),
    *(neighborhood_density, matrix_norm, same_augmented, same_twin, alone, unmixed),
    *(effective_rank, class_silhouette, class_ami, classified),
]
OF_ANY_CLASSES = [source_accuracy, source_nll, atc, same_backward, *OF_TARGET]
VALIDATORS = [*OF_ANY_CLASSES, matched]
#: They draw samples, or start from them, by their position.
BY_POSITION = [class_ami, class_silhouette, classified]


def on(validator, logits, labels):
    return validator(source(logits, labels), target(logits, FEATURES[: len(logits)]))


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
    assert math.isfinite(score.value) == (validator is not class_ami)
    assert score.status == ("degenerate" if validator is class_ami else "collapsed")


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


@pytest.mark.parametrize("validator", OF_ANY_CLASSES)
def test_one_class_is_degenerate(validator):
    score = on(validator, torch.zeros(8, 1), torch.zeros(8, dtype=torch.int64))
    assert math.isnan(score.value)
    assert score.status == "degenerate"


@pytest.mark.parametrize("validator", [v for v in VALIDATORS if v not in BY_POSITION])
def test_order_of_samples_does_not_matter(validator):
    order = torch.tensor([5, 2, 7, 0, 1, 6, 4, 3])
    moved = on(validator, LOGITS[order], LABELS[order])
    assert moved.value == pytest.approx(on(validator, LOGITS, LABELS).value, abs=1e-12)


@pytest.mark.parametrize("validator", OF_ANY_CLASSES)
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


@pytest.mark.parametrize("validator", [*OF_TARGET, matched])
def test_scores_of_the_target_are_blind_to_the_source(validator):
    noise = Labeled(torch.zeros(8, 1), confident(LABELS, 3), LABELS)
    held_out = target(LOGITS, FEATURES)
    assert validator(noise, held_out) == validator(source(), held_out)


@pytest.mark.parametrize("validator", VALIDATORS)
def test_leaves_no_gradient_and_no_change(validator):
    logits = LOGITS.clone().requires_grad_()
    score = on(validator, logits, LABELS)
    assert isinstance(score.value, float)
    assert logits.grad is None
    assert torch.equal(logits, LOGITS)


def test_no_score_depends_on_those_that_were_computed_before():
    labelled = Labeled(FEATURES.clone(), LOGITS.clone(), LABELS.clone())
    unlabelled = target(LOGITS.clone(), FEATURES.clone())
    before = [validator(labelled, unlabelled) for validator in VALIDATORS]
    after = [validator(labelled, unlabelled) for validator in reversed(VALIDATORS)]
    assert after[::-1] == before
    for kept, given in ((FEATURES, labelled.features), (LOGITS, labelled.logits)):
        assert torch.equal(kept, given)
    for kept, given in zip((FEATURES, LOGITS), unlabelled, strict=True):
        assert torch.equal(kept, given)


def test_a_value_that_is_not_finite_has_a_status():
    for value in (math.nan, math.inf, -math.inf):
        result = score(value, None)
        assert math.isnan(result.value)
        assert result.status == "degenerate"
    assert score(0.5, "collapsed") == Score(0.5, "collapsed")


def test_the_gravest_status_counts():
    assert worst(None, None) is None
    assert worst(None, "collapsed") == "collapsed"
    assert worst("collapsed", "degenerate") == "degenerate"
    assert worst("degenerate", "too_few", None) == "too_few"
