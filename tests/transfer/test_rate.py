"""Golden values: exact binomial limits, and scipy."""

import pytest
from scipy import stats

from da.transfer import Verdict, clopper_pearson, negative_transfer_rate


@pytest.mark.parametrize(
    ("k", "n", "upper", "digits"),
    [(0, 29, 0.0981, 4), (0, 59, 0.0495, 4), (1, 20, 0.216, 3), (0, 12, 0.221, 3)],
)
def test_one_sided_upper_bounds(k, n, upper, digits):
    assert round(clopper_pearson(k, n, 0.90)[1], digits) == upper


@pytest.mark.parametrize(("k", "n"), [(0, 7), (7, 7), (1, 1), (3, 10), (40, 90)])
@pytest.mark.parametrize("level", [0.9, 0.95])
def test_equals_scipy(k, n, level):
    reference = stats.binomtest(k, n).proportion_ci(level, method="exact")
    assert clopper_pearson(k, n, level) == pytest.approx((reference.low, reference.high), abs=1e-9)


@pytest.mark.parametrize(
    ("k", "n", "level"), [(2, 1, 0.95), (-1, 3, 0.95), (0, 0, 0.95), (1, 2, 1.0)]
)
def test_no_proportion_raises(k, n, level):
    with pytest.raises(ValueError, match="a proportion has 0 <= k <= n"):
        clopper_pearson(k, n, level)


def test_rate_counts_verdicts_and_not_estimates():
    verdicts = [Verdict.NEG, Verdict.NEG_MATERIAL, Verdict.SAFE, Verdict.POS, Verdict.INCONCLUSIVE]
    rate = negative_transfer_rate(verdicts * 2)
    assert (rate.harmed, rate.cells, rate.estimate) == (4, 10, 0.4)
    assert (rate.low, rate.high) == clopper_pearson(4, 10)


def test_rate_of_nothing_raises():
    with pytest.raises(ValueError, match="at least 1 verdict"):
        negative_transfer_rate([])
