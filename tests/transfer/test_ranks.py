"""Golden values: a worked example, scipy, and published critical values."""

import numpy as np
import pytest
from jaxtyping import config
from scipy import stats

from da.transfer import average_ranks, friedman, nemenyi

SCORES = np.array(
    [
        [70, 72, 71, 68],
        [65, 66, 68, 60],
        [80, 82, 81, 79],
        [55, 60, 58, 57],
        [90, 91, 92, 88],
        [75, 74, 77, 70],
    ]
)


def test_six_tasks():
    np.testing.assert_allclose(
        average_ranks(SCORES), [3, 1.6666666667, 1.5, 3.8333333333], atol=1e-9
    )
    result = friedman(SCORES)
    assert result.chi2 == pytest.approx(13.4, abs=1e-9)
    assert result.p == pytest.approx(0.0038467943, abs=1e-9)
    # 5 * 13.4 / (18 - 13.4)
    assert result.f == pytest.approx(67 / 4.6, abs=1e-9)
    assert result.f_p == pytest.approx(0.0001026530, abs=1e-9)


def test_equals_scipy_with_ties():
    scores = np.random.default_rng(0).integers(0, 4, (9, 5)).astype(float)
    reference = stats.friedmanchisquare(*scores.T)
    assert friedman(scores)[:2] == pytest.approx((reference.statistic, reference.pvalue))


def test_ties_share_their_mean_rank():
    np.testing.assert_array_equal(average_ranks(np.array([[1.0, 3, 3, 2]])), [4, 1.5, 1.5, 3])


def test_order_of_tasks_and_methods_does_not_matter():
    rng = np.random.default_rng(1)
    tasks, methods = rng.permutation(6), rng.permutation(4)
    moved = SCORES[tasks][:, methods]
    np.testing.assert_allclose(average_ranks(moved), average_ranks(SCORES)[methods])
    assert friedman(moved) == pytest.approx(friedman(SCORES))


def test_ranks_see_the_order_alone():
    np.testing.assert_array_equal(average_ranks(SCORES), average_ranks(SCORES**3))


def test_tasks_that_agree_leave_no_doubt():
    result = friedman(np.arange(4) + np.zeros((5, 1)))
    assert (result.f, result.f_p) == (np.inf, 0)


def test_methods_that_tie_everywhere_do_not_differ():
    assert friedman(np.ones((5, 3))) == (0, 1, 0, 1)


@pytest.mark.parametrize(
    ("methods", "q"), [(2, 1.960), (3, 2.344), (5, 2.728), (8, 3.031), (10, 3.164), (15, 3.391)]
)
def test_critical_values(methods, q):
    # with k (k + 1) / 6 tasks the root is 1; three values suffice to see it scale
    critical = nemenyi(methods, 7) / (methods * (methods + 1) / 42) ** 0.5
    assert critical == pytest.approx(q, abs=5e-4)


@pytest.mark.parametrize(("methods", "tasks", "cd"), [(5, 12, 1.761), (10, 30, 2.473)])
def test_critical_differences(methods, tasks, cd):
    assert nemenyi(methods, tasks) == pytest.approx(cd, abs=5e-4)


def test_two_methods_are_a_normal_test():
    assert nemenyi(2, 1) == pytest.approx(stats.norm.ppf(0.975), abs=1e-6)


def test_bad_arguments_raise(monkeypatch):
    monkeypatch.setattr(config, "jaxtyping_disable", True)  # reach the check for users without
    with pytest.raises(ValueError, match="at least 3 methods on at least 2 tasks; got 2 methods"):
        friedman(SCORES[:, :2])
    with pytest.raises(ValueError, match="got 4 methods on 1 tasks"):
        friedman(SCORES[:1])
    with pytest.raises(ValueError, match=r"got shape \(6, 1\)"):
        average_ranks(SCORES[:, :1])
    with pytest.raises(ValueError, match="with NaN or infinity"):
        average_ranks(np.array([[1.0, np.nan]]))
    with pytest.raises(ValueError, match="got methods=1, tasks=3"):
        nemenyi(1, 3)
