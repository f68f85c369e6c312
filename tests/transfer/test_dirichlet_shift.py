"""Golden values: a published table, and draws."""

import numpy as np
import pytest

from da.transfer import dirichlet_shift, total_variation

ALPHAS = (10.0, 3.0, 1.0, 0.3, 0.1)


@pytest.mark.parametrize(
    ("num_classes", "expected"),
    [
        (10, (0.119, 0.213, 0.349, 0.545, 0.710)),
        (31, (0.123, 0.220, 0.362, 0.565, 0.743)),
        (65, (0.124, 0.222, 0.365, 0.572, 0.749)),
    ],
)
def test_table(num_classes, expected):
    shifts = [dirichlet_shift(alpha, num_classes) for alpha in ALPHAS]
    assert shifts == pytest.approx(expected, abs=1.5e-3)  # of draws, not exact


@pytest.mark.parametrize(("alpha", "k"), [(0.5, 2), (1.0, 4), (2.5, 12)])
def test_equals_the_mean_of_draws(alpha, k):
    draws = np.random.default_rng(0).dirichlet(np.full(k, alpha), 20_000)
    shifts = [total_variation(draw, np.full(k, 1 / k)) for draw in draws]
    assert dirichlet_shift(alpha, k) == pytest.approx(np.mean(shifts), abs=0.005)


def test_two_classes_of_uniform_draws():
    assert dirichlet_shift(1.0, 2) == pytest.approx(0.25)  # E|x - 1/2| for uniform x


def test_no_shift():
    assert dirichlet_shift(float("inf"), 10) == 0
    assert dirichlet_shift(1.0, 1) == 0
    assert dirichlet_shift(1e6, 10) < 1e-3


@pytest.mark.parametrize(("classes", "kept", "shift"), [(31, 10, 0.677), (65, 25, 0.615)])
def test_dropping_classes_shifts_by_their_share(classes, kept, shift):
    target = np.where(np.arange(classes) < kept, 1 / kept, 0)
    assert total_variation(np.full(classes, 1 / classes), target) == pytest.approx(shift, abs=5e-4)


@pytest.mark.parametrize(("alpha", "k"), [(0.0, 3), (-1.0, 3), (1.0, 0)])
def test_bad_arguments_raise(alpha, k):
    with pytest.raises(ValueError, match="a positive concentration and at least 1 class"):
        dirichlet_shift(alpha, k)
