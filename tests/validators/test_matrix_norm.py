"""Golden values: the formula by hand, on either side of its threshold."""

import numpy as np
import pytest
import torch
from scipy.special import log_softmax, softmax

from da.validators import matrix_norm

from .examples import PROBABILITIES, confident, source, target

LOGITS = torch.tensor([[4, 1, -2], [0, 3, 1], [1, 1, 2], [-1, 0, 5]], dtype=torch.float64)


def norm(logits):
    return matrix_norm(source(), target(logits)).value


def test_golden_values():
    assert norm(PROBABILITIES.log()) == pytest.approx(0.5688480150, abs=1e-9)
    assert norm(LOGITS) == pytest.approx(0.7073228762, abs=1e-9)
    assert norm(10 * LOGITS) == pytest.approx(0.7598184403, abs=1e-9)


def cross_entropy_to_uniform(logits):
    return -log_softmax(logits.numpy(), axis=1).mean()


def of_softmax(logits):
    return np.mean(softmax(logits.numpy(), axis=1) ** 4) ** 0.25


@pytest.mark.parametrize(
    ("logits", "phi"), [(PROBABILITIES.log(), 1.5431727575), (LOGITS, 2.4453527454)]
)
def test_predictions_that_are_not_confident_are_normalised_by_the_series(logits, phi):
    assert cross_entropy_to_uniform(logits) == pytest.approx(phi, abs=1e-9)
    assert abs(norm(logits) - of_softmax(logits)) > 0.01


def test_confident_predictions_are_normalised_by_the_softmax():
    assert cross_entropy_to_uniform(10 * LOGITS) == pytest.approx(22.5, abs=5e-5)
    assert norm(10 * LOGITS) == pytest.approx(of_softmax(10 * LOGITS), abs=1e-12)
    assert of_softmax(LOGITS) == pytest.approx(0.6688039685, abs=1e-9)


def test_five_is_the_limit_of_confidence():
    # the cross-entropy grows with the scale of the logits
    scales = np.linspace(1, 4, 301)
    values = np.array([cross_entropy_to_uniform(scale * LOGITS) for scale in scales])
    by_softmax = [norm(s * LOGITS) == pytest.approx(of_softmax(s * LOGITS)) for s in scales]
    assert np.all(np.diff(values) > 0)
    assert by_softmax == (values > 5).tolist()
    assert 0 < sum(by_softmax) < 301


@pytest.mark.parametrize(("classes", "always"), [(148, False), (149, True)])
def test_of_149_classes_the_softmax_is_always_taken(classes, always):
    rng = torch.Generator().manual_seed(0)
    logits = 1e-3 * torch.randn(20, classes, dtype=torch.float64, generator=rng)
    assert np.isclose(norm(logits), of_softmax(logits), rtol=0, atol=1e-9) == always


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
