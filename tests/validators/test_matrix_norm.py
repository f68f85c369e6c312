"""Golden values: the formula by hand, on either side of its threshold."""

import numpy as np
import pytest
import torch

from da.validators import matrix_norm

from .examples import PROBABILITIES, confident, source, target

LOGITS = torch.tensor([[4, 1, -2], [0, 3, 1], [1, 1, 2], [-1, 0, 5]], dtype=torch.float64)


def norm(logits):
    return matrix_norm(source(), target(logits)).value


def test_golden_values():
    assert norm(PROBABILITIES.log()) == pytest.approx(0.5688480150, abs=1e-9)
    assert norm(LOGITS) == pytest.approx(0.7073228762, abs=1e-9)
    assert norm(10 * LOGITS) == pytest.approx(0.7598184403, abs=1e-9)


def test_logits_are_taken_as_they_are():
    shifted = norm(LOGITS - LOGITS.amax(1, keepdim=True))
    assert shifted == pytest.approx(0.6943776454, abs=1e-9)  # what shifted logits would give
    assert abs(norm(LOGITS) - shifted) > 0.01


def test_uniform_logits_have_the_lowest_norm():
    assert norm(torch.zeros(6, 3)) == pytest.approx(1 / 3)
    row = torch.tensor([[1.0, 1.0, 1.0], [3.0, 0.0, 0.0]])
    half = np.array([[1 / 3] * 3, [1, 0, 0]])  # the least entry of a row becomes zero
    assert norm(row) == pytest.approx(np.mean(half**4) ** 0.25)


def test_certain_predictions_have_the_highest():
    assert norm(confident(torch.arange(6) % 3, 3)) == pytest.approx(3**-0.25)


def test_softmax_is_taken_of_many_classes():
    logits = torch.randn(20, 200, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    expected = np.mean(logits.softmax(1).numpy() ** 4) ** 0.25
    assert norm(logits) == pytest.approx(expected)
