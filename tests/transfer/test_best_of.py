"""Golden values: three trials by hand, and all draws by enumeration."""

from itertools import combinations, product

import numpy as np
import pytest

from da.transfer import expected_best_of

TRIALS = np.array([0.8, 0.6, 0.7])


def test_three_trials():
    best = expected_best_of(TRIALS)
    np.testing.assert_allclose(best, [0.7, 0.7444444444, 0.7666666667], atol=1e-9)
    best = expected_best_of(TRIALS, replacement=False)
    np.testing.assert_allclose(best, [0.7, 0.7666666667, 0.8], atol=1e-9)


@pytest.mark.parametrize("replacement", [True, False])
def test_equals_enumeration(replacement):
    values = np.random.default_rng(0).integers(0, 4, 5).astype(float)  # with ties
    best = expected_best_of(values, replacement=replacement)
    for n in range(1, 6):
        draws = product(values, repeat=n) if replacement else combinations(values, n)
        assert best[n - 1] == pytest.approx(np.mean([max(draw) for draw in draws]))


@pytest.mark.parametrize("replacement", [True, False])
def test_more_trials_are_never_worse(replacement):
    best = expected_best_of(np.random.default_rng(1).normal(size=1200), replacement=replacement)
    assert np.isfinite(best).all()
    assert np.all(np.diff(best) >= -1e-12)


def test_one_trial_is_its_value():
    assert expected_best_of(np.array([0.4])) == [0.4]


@pytest.mark.parametrize("values", [np.zeros(0), np.array([0.5, np.nan])])
def test_no_trials_raise(values):
    with pytest.raises(ValueError, match="finite values of at least 1 trial"):
        expected_best_of(values)
