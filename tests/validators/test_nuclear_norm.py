"""Golden values: four predictions, SciPy, and predictions whose score is known."""

import math

import pytest
import torch
from scipy import linalg

from da.validators import nuclear_norm

from .examples import LABELS, PROBABILITIES, confident, source, target


def test_four_predictions():
    value = nuclear_norm(source(), target(PROBABILITIES.log())).value
    assert value == pytest.approx(0.7396186965, abs=1e-9)
    assert value * math.sqrt(4 * 3) == pytest.approx(2.5621143212, abs=1e-9)


def test_equals_scipy_for_fewer_samples_than_classes():
    p = PROBABILITIES[:2]
    expected = linalg.svdvals(p.numpy()).sum() / 2  # sqrt(2 * 2)
    assert nuclear_norm(source(), target(p.log())).value == pytest.approx(expected)


def test_bounds():
    balanced = confident(torch.tensor([0, 0, 1, 1, 2, 2]), 3)
    collapsed = confident(torch.zeros_like(LABELS), 3)
    for logits, expected in (
        (balanced, 1),
        (collapsed, 1 / math.sqrt(3)),
        (torch.zeros(8, 3), 1 / 3),
    ):
        assert nuclear_norm(source(), target(logits)).value == pytest.approx(expected)
