"""Golden values: a worked example, scipy without ties, and enumeration with them."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from da.transfer import target_means, wilcoxon

TASKS = np.array([1.2, 0.4, -0.3, 2.1, 0.9, -0.1, 1.5, 0.7, -0.6, 1.1, 0.2, 0.8])


def enumerated(d):
    """Two-sided p over all signs of the ranks, zeros ranked and then dropped."""
    ranks = stats.rankdata(np.abs(d))[d != 0]
    sums = np.array([np.dot(s, ranks) for s in product([0, 1], repeat=len(ranks))])
    observed = min(ranks[d[d != 0] > 0].sum(), ranks[d[d != 0] < 0].sum())
    return min(1.0, 2 * np.mean(sums <= observed))


def test_twelve_tasks():
    assert wilcoxon(TASKS) == pytest.approx((9, 0.01611328125), abs=1e-12)
    assert stats.ttest_1samp(TASKS, 0).pvalue == pytest.approx(0.0139348586, abs=1e-9)


@pytest.mark.parametrize("n", [1, 2, 6, 13, 30, 50])
def test_equals_scipy_without_ties(n):
    d = np.random.default_rng(n).normal(0.2, 1, n)
    reference = stats.wilcoxon(d, method="exact")
    assert wilcoxon(d) == pytest.approx((reference.statistic, reference.pvalue), rel=1e-9)


@settings(derandomize=True, database=None, max_examples=100, deadline=None)
@given(st.lists(st.integers(-4, 4), min_size=1, max_size=9))
def test_equals_enumeration_with_zeros_and_ties(values):
    d = np.array(values, float)
    assert wilcoxon(d).p == pytest.approx(enumerated(d), abs=1e-12)
    assert wilcoxon(-d) == wilcoxon(d) == wilcoxon(d[::-1].copy())


def test_zeros_are_ranked_and_dropped():
    d = np.array([0.0, 0.0, 1.0, 2.0, -3.0, 4.0, 5.0, 6.0, 7.0])
    assert wilcoxon(d).statistic == 5  # -3 has rank 5 among all nine, 3 without the zeros
    assert wilcoxon(d).statistic == stats.wilcoxon(d, zero_method="pratt").statistic


def test_ties_up_to_rounding_are_ties():
    tenths = np.array([3.0, 1.0, -1.0, -1.0, 4.0])
    d = np.array([0.3, 0.3 - 0.2, 0.1 - 0.2, 0.2 - 0.3, 0.4])
    assert len(np.unique(np.abs(d))) > len(np.unique(np.abs(tenths)))
    assert wilcoxon(d) == wilcoxon(tenths)


@pytest.mark.parametrize("n", [3, 4, 5, 6, 8])
def test_p_has_a_floor(n):
    assert wilcoxon(np.arange(1.0, n + 1)).p == 2 / 2**n


def test_zeros_alone_are_no_evidence():
    assert wilcoxon(np.zeros(7)) == (0, 1)


def test_tasks_of_a_target_become_one():
    means = target_means(np.array([1.0, 3.0, 5.0, -1.0]), ["b", "b", "a", "c"])
    np.testing.assert_allclose(means, [5, 2, -1])
    with pytest.raises(ValueError, match="got 4 differences and 1 targets"):
        target_means(np.zeros(4), ["a"])


@pytest.mark.parametrize("d", [np.zeros(0), np.array([1.0, np.nan])])
def test_no_differences_raise(d):
    with pytest.raises(ValueError, match="takes finite differences, at least 1"):
        wilcoxon(d)
