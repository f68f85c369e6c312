"""Golden values: four predictions, and SciPy on every sample alone."""

import math
from importlib import import_module

import numpy as np
import pytest
import torch
from scipy import special, stats

from da.validators import neighborhood_density

from .examples import LABELS, PROBABILITIES, confident, source, target

module = import_module("da.validators.neighborhood_density")


def density(logits, **options):
    return neighborhood_density(source(), target(logits), **options)


def reference(logits, temperature):
    return of_rows(special.softmax(logits.numpy(), axis=1), temperature)


def of_rows(rows, temperature):
    p = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    entropies = []
    for i in range(len(p)):
        similarities = np.delete(p @ p[i], i) / temperature
        entropies.append(stats.entropy(special.softmax(similarities)))
    return np.mean(entropies)


def test_four_predictions():
    assert density(PROBABILITIES.log()).value == pytest.approx(0.2446710060, abs=1e-9)


def test_predictions_are_compared_and_not_logits():
    # public code has compared logits by mistake
    assert of_rows(PROBABILITIES.log().numpy(), 0.05) == pytest.approx(0.3748449988, abs=1e-9)
    assert of_rows(PROBABILITIES.numpy(), 0.05) == pytest.approx(0.2446710060, abs=1e-9)


def test_a_similarity_of_minus_one_to_oneself_as_in_the_authors_code_is_as_good_as_none():
    p = PROBABILITIES.numpy()
    p = p / np.linalg.norm(p, axis=1, keepdims=True)
    similarities = p @ p.T / 0.05
    np.fill_diagonal(similarities, -1 / 0.05)
    theirs = stats.entropy(special.softmax(similarities, axis=1), axis=1).mean()
    assert density(PROBABILITIES.log()).value == pytest.approx(theirs, abs=1e-13)


def test_three_pairs_have_a_density_near_zero():
    # Of the four others, each has exp(-20) of the similarity to the partner.
    expected = 4 * math.exp(-20) * 21
    value = density(confident(torch.tensor([0, 0, 1, 1, 2, 2]), 3)).value
    assert value == pytest.approx(1.73e-7, abs=1e-9)
    assert value == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize("temperature", [0.05, 0.5, 1e-4])
@pytest.mark.parametrize("rows", [1, 3, 7, 20, 1000])
def test_equals_scipy_however_it_is_cut_into_blocks(temperature, rows, monkeypatch):
    monkeypatch.setattr(module, "_ROWS", rows)
    rng = torch.Generator().manual_seed(0)
    logits = torch.randn(20, 5, dtype=torch.float64, generator=rng)
    expected = reference(logits, temperature)
    assert density(logits, temperature=temperature).value == pytest.approx(expected, abs=1e-12)


def test_is_largest_for_collapse():
    four = confident(torch.zeros(4, dtype=torch.int64), 3)
    for logits in (four, confident(torch.zeros_like(LABELS), 3), torch.zeros(8, 3)):
        score = density(logits)
        assert score.value == pytest.approx(math.log(len(logits) - 1), abs=1e-9)
        assert score.status == "collapsed"


def test_a_single_sample_has_no_neighbours():
    score = density(torch.tensor([[1.0, 2.0]]))
    assert math.isnan(score.value)
    assert score.status == "too_few"


def test_a_temperature_that_is_not_positive_raises():
    with pytest.raises(ValueError, match=r"a temperature is positive; got 0.0"):
        density(PROBABILITIES.log(), temperature=0.0)
