"""Golden values: exact binomial tails, and scipy where it has the test."""

from itertools import product

import numpy as np
import pytest
from scipy import stats

from da.transfer import benjamini_hochberg, holm, mcnemar, sign_flip

P = np.array([0.01, 0.04, 0.03, 0.005])


@pytest.mark.parametrize(
    ("b", "c", "p"), [(15, 5, 0.0413894653), (6, 0, 0.03125), (3, 0, 0.25), (4, 4, 1), (0, 0, 1)]
)
def test_mcnemar(b, c, p):
    assert mcnemar(b, c) == mcnemar(c, b) == pytest.approx(p, abs=1e-9)


def test_mcnemar_mid_p_counts_the_observed_table_by_half():
    assert mcnemar(15, 5, mid=True) == pytest.approx(0.0266036987, abs=1e-9)
    assert mcnemar(4, 4, mid=True) == 1
    assert mcnemar(0, 0, mid=True) == 1


@pytest.mark.parametrize(("b", "c"), [(1, 0), (7, 2), (30, 45), (500, 430)])
def test_mcnemar_is_a_binomial_test(b, c):
    assert mcnemar(b, c) == pytest.approx(stats.binomtest(b, b + c, 0.5).pvalue, rel=1e-9)


def test_mcnemar_rejects_negative_counts():
    with pytest.raises(ValueError, match="at least 0; got b=-1, c=2"):
        mcnemar(-1, 2)


def test_sign_flip():
    assert sign_flip(np.array([-1.2, -0.8, -1.5, -0.3, -0.9])) == 0.0625


@pytest.mark.parametrize(
    ("n", "p"), [(3, 0.25), (4, 0.125), (5, 0.0625), (6, 0.03125), (8, 0.0078125)]
)
def test_sign_flip_has_a_floor(n, p):
    assert sign_flip(np.arange(1, n + 1) / 10) == p


def test_sign_flip_equals_an_exact_permutation_test():
    d = np.random.default_rng(0).normal(0.4, 1, 9)
    reference = stats.permutation_test((d,), np.mean, permutation_type="samples", n_resamples=1000)
    assert sign_flip(d) == pytest.approx(reference.pvalue)


def test_sign_flip_counts_ties_up_to_rounding():
    d = np.array([0.1, 0.2, 0.3, -0.3])  # in floats, .1 + .2 is not .3
    signs = np.array(list(product([-1, 1], repeat=4)))
    tenths = signs @ np.array([1, 2, 3, -3])
    assert sign_flip(d) == np.mean(np.abs(tenths) >= 3)


def test_sign_flip_of_zeros_is_one():
    assert sign_flip(np.zeros(4)) == 1


@pytest.mark.parametrize("d", [np.zeros(0), np.zeros(21), np.array([np.nan, 1.0])])
def test_sign_flip_rejects_what_it_cannot_enumerate(d):
    with pytest.raises(ValueError, match="takes 1 to 20 finite differences"):
        sign_flip(d)


def test_holm():
    np.testing.assert_allclose(holm(P), [0.03, 0.06, 0.06, 0.02])
    np.testing.assert_allclose(holm(np.array([0.9, 0.8])), [1, 1])


def test_holm_rejects_what_its_steps_reject():
    p = np.random.default_rng(1).uniform(0, 0.05, 12)
    order, rejected = np.argsort(p), np.zeros(12, bool)
    for step, i in enumerate(order):
        if p[i] > 0.05 / (12 - step):
            break
        rejected[i] = True
    assert 0 < rejected.sum() < 12
    np.testing.assert_array_equal(holm(p) <= 0.05, rejected)


def test_benjamini_hochberg():
    np.testing.assert_allclose(benjamini_hochberg(P), [0.02, 0.04, 0.04, 0.02])
    p = np.random.default_rng(2).uniform(size=30) ** 2
    np.testing.assert_allclose(benjamini_hochberg(p), stats.false_discovery_control(p))


@pytest.mark.parametrize("adjust", [holm, benjamini_hochberg])
def test_adjustment_of_an_empty_family_is_empty(adjust):
    assert adjust(np.zeros(0)).shape == (0,)


@pytest.mark.parametrize("adjust", [holm, benjamini_hochberg])
@pytest.mark.parametrize("bad", [np.nan, -0.1, 1.5])
def test_adjustment_rejects_what_is_no_p_value(adjust, bad):
    with pytest.raises(ValueError, match="leave cells without a test out of the family"):
        adjust(np.array([0.5, bad]))
