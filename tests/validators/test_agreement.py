"""Scores that compare two predictions: under augmentation, of two seeds, there and back."""

import math

import pytest
import torch

from da.validators import circv, consistency, gde

from .examples import LABELS, LOGITS, confident, source, target

# The predictions of the examples are 0, 1, 2, 2 twice.
OTHER = confident(torch.tensor([0, 1, 2, 2, 1, 1, 2, 0]), 3)
CALLS = [
    lambda other: consistency(source(), target(LOGITS), augmented=other),
    lambda other: gde(source(), target(LOGITS), twin=other),
    lambda other: circv(source(), target(LOGITS), backward=other),
]


@pytest.mark.parametrize("call", CALLS[:2])
def test_counts_equal_predictions(call):
    assert call(OTHER) == (0.75, None)
    assert call(OTHER + 5.0 * torch.ones(8, 1)).value == 0.75


def test_circular_validation_compares_with_the_labels_of_the_source():
    # Labels are 0, 1, 0, 2, 0, 1, 2, 0.
    assert circv(source(), target(LOGITS), backward=OTHER) == (0.75, None)
    assert circv(source(), target(LOGITS), backward=confident(LABELS, 3)).value == 1
    assert circv(source(LOGITS.flip(0)), target(LOGITS), backward=OTHER).value == 0.75


@pytest.mark.parametrize("call", CALLS[:2])
def test_collapse_agrees_with_itself_but_is_flagged(call):
    collapsed = confident(torch.zeros_like(LABELS), 3)
    assert consistency(source(), target(collapsed), augmented=collapsed) == (1, "collapsed")
    assert gde(source(), target(collapsed), twin=collapsed) == (1, "collapsed")


def test_a_twin_or_a_backward_model_that_collapsed_is_flagged():
    collapsed = confident(torch.zeros_like(LABELS), 3)
    assert [call(collapsed).status for call in CALLS[1:]] == ["collapsed"] * 2


@pytest.mark.parametrize("call", CALLS)
def test_logits_that_are_not_finite_are_degenerate(call):
    score = call(OTHER * torch.nan)
    assert math.isnan(score.value)
    assert score.status == "degenerate"


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("other", [OTHER[:1], OTHER[:, :2], OTHER[:0]])
def test_logits_of_other_samples_raise(call, other):
    with pytest.raises(ValueError, match=r"of shape \(8, 3\); got"):
        call(other)
