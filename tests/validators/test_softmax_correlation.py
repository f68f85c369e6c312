"""Golden values: four predictions, NumPy, and predictions whose score is known."""

import math

import numpy as np
import pytest
import torch

from da.validators import softmax_correlation

from .examples import LABELS, LOGITS, PROBABILITIES, confident, source, target


def test_four_predictions():
    value = softmax_correlation(source(), target(LOGITS)).value
    assert value == pytest.approx(0.8806477067, abs=1e-9)


def test_is_the_cosine_of_two_matrices():
    p, identity = PROBABILITIES.numpy(), np.eye(3).ravel()
    correlation = np.mean([np.outer(row, row) for row in p], axis=0).ravel()
    norms = np.linalg.norm(correlation) * np.linalg.norm(identity)
    expected = correlation @ identity / norms
    assert softmax_correlation(source(), target(LOGITS)).value == pytest.approx(expected)


def test_balanced_is_better_than_collapse_and_uniform_predictions():
    balanced = confident(torch.tensor([0, 0, 1, 1, 2, 2]), 3)
    assert softmax_correlation(source(), target(balanced)).value == pytest.approx(1)
    for logits in (confident(torch.zeros_like(LABELS), 3), torch.zeros(8, 3)):
        value = softmax_correlation(source(), target(logits)).value
        assert value == pytest.approx(1 / math.sqrt(3))
