"""Golden values: four predictions, and predictions whose score is known."""

import pytest
import torch

from da.validators import class_confusion

from .examples import PROBABILITIES, confident, source, target


def test_four_predictions():
    value = class_confusion(source(), target(PROBABILITIES.log())).value
    assert value == pytest.approx(-0.406860301386134, abs=1e-12)


def test_bounds():
    balanced = confident(torch.tensor([0, 0, 1, 1, 2, 2]), 3)
    assert class_confusion(source(), target(balanced)).value == pytest.approx(0)
    assert class_confusion(source(), target(torch.zeros(8, 4))).value == pytest.approx(-0.75)
