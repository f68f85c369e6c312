"""Golden values: ten items by hand, and flips seed by seed."""

from itertools import permutations

import numpy as np
import pytest
from jaxtyping import config

from da.transfer import flips, sample_harm, twc

LABELS = np.array([0, 0, 0, 0, 1, 1, 1, 1, 2, 2])
ADAPTED = np.array([0, 0, 0, 0, 1, 1, 2, 2, 2, 2])
SOURCE_ONLY = np.array([0, 0, 1, 1, 1, 1, 1, 2, 2, 0])


def models(seeds=4, items=60):
    rng = np.random.default_rng(0)
    hard = rng.uniform(size=items)
    return tuple(rng.uniform(size=(seeds, items)) < hard for _ in range(2))


def test_ten_items():
    result = sample_harm((ADAPTED == LABELS)[None], (SOURCE_ONLY == LABELS)[None])
    assert result.nfr.estimate == pytest.approx(0.1)
    assert result.pfr.estimate == pytest.approx(0.3)
    assert result.delta.estimate == pytest.approx(0.2)
    assert result.always == pytest.approx(0.1)
    np.testing.assert_array_equal(result.by_item, [0, 0, -1, -1, 0, 0, 1, 0, 0, -1])
    assert np.isnan(result.churn)


def test_rates_are_means_of_flips_over_seeds():
    adapted, reference = models()
    result = sample_harm(adapted, reference)
    ones = np.ones(60, int)
    rows = [
        flips(ones, a.astype(int), r.astype(int)) for a, r in zip(adapted, reference, strict=True)
    ]
    assert result.nfr.estimate == pytest.approx(np.mean([row.nfr for row in rows]))
    assert result.pfr.estimate == pytest.approx(np.mean([row.pfr for row in rows]))
    assert result.delta.estimate == pytest.approx(result.pfr.estimate - result.nfr.estimate)
    assert result.delta == twc(adapted * 1.0 - reference)
    assert result.by_item.mean() == pytest.approx(-result.delta.estimate)


def test_churn_is_what_retraining_alone_breaks():
    adapted, reference = models()
    pairs = [np.mean(a & ~b) for a, b in permutations(reference, 2)]
    assert sample_harm(adapted, reference).churn == pytest.approx(np.mean(pairs))


def test_a_model_that_is_the_reference_again_breaks_as_much_as_churn():
    rng = np.random.default_rng(1)
    hard = rng.uniform(size=4000)
    adapted, reference = (rng.uniform(size=(6, 4000)) < hard for _ in range(2))
    result = sample_harm(adapted, reference)
    assert result.nfr.estimate == pytest.approx(result.churn, abs=0.01)


def test_always_needs_all_seeds():
    reference = np.ones((3, 4), bool)
    adapted = np.array([[0, 0, 1, 1], [0, 1, 1, 1], [0, 0, 1, 1]], bool)
    assert sample_harm(adapted, reference).always == 0.25


def test_weights_count():
    adapted, reference = models()
    weights = np.random.default_rng(2).exponential(size=60)
    weights /= weights.mean()
    result = sample_harm(adapted, reference, weights=weights)
    lost = np.average((reference & ~adapted).mean(0), weights=weights)
    assert result.nfr.estimate == pytest.approx(lost)


def test_order_of_seeds_and_items_does_not_matter():
    adapted, reference = models()
    rng = np.random.default_rng(3)
    seeds, items = rng.permutation(4), rng.permutation(60)
    there = sample_harm(adapted, reference)
    moved = sample_harm(adapted[seeds][:, items], reference[seeds][:, items])
    assert moved.churn == pytest.approx(there.churn)
    assert moved.nfr.high == pytest.approx(there.nfr.high)
    np.testing.assert_allclose(moved.by_item, there.by_item[items])


def test_other_items_raise(monkeypatch):
    monkeypatch.setattr(config, "jaxtyping_disable", True)  # reach the check for users without
    adapted, reference = models()
    with pytest.raises(ValueError, match=r"got shapes \(3, 60\) and \(4, 60\)"):
        sample_harm(adapted[1:], reference)


def test_a_guess_is_right_as_often_as_its_chance():
    reference = np.array([[True, True, False, False]])
    guess = np.full((1, 4), 0.25)
    result = sample_harm(guess, reference)
    assert (result.nfr.estimate, result.pfr.estimate) == pytest.approx((0.375, 0.125))
    assert result.always == pytest.approx(0.375)
    # between two seeds of which one guesses, in either order
    both = np.vstack([reference * 1.0, guess])
    churn = np.mean([0.75, 0.75, 0, 0, 0, 0, 0.25, 0.25])
    assert sample_harm(both, both).churn == pytest.approx(churn)
