"""Golden values: four predictions by hand, and scipy."""

import math

import pytest
import torch
from scipy import stats

from da.validators import entropy

from .examples import LABELS, LOGITS, PROBABILITIES, confident, source, target


def test_four_predictions():
    value = entropy(source(), target(LOGITS)).value
    assert value == pytest.approx(-0.6654185715, abs=1e-9)
    assert value * math.log(3) == pytest.approx(-0.7310370197465452, abs=1e-12)


def test_equals_scipy():
    expected = -stats.entropy(PROBABILITIES.numpy(), base=3, axis=1).mean()
    assert entropy(source(), target(LOGITS)).value == pytest.approx(expected)


def test_is_lowest_for_uniform_predictions():
    assert entropy(source(), target(torch.zeros(8, 3))).value == pytest.approx(-1)


def test_rewards_collapse():
    balanced = entropy(source(), target(confident(LABELS, 3)))
    collapsed = entropy(source(), target(confident(torch.zeros(8, dtype=torch.int64), 3)))
    assert balanced.value == collapsed.value == 0
    assert (balanced.status, collapsed.status) == (None, "collapsed")
