"""Golden values: a worked example, and the exact posterior of one and of two tasks."""

import numpy as np
import pytest
from scipy import stats

from da.transfer import bayesian_signed_rank

TASKS = np.array([1.2, 0.4, -0.3, 2.1, 0.9, -0.1, 1.5, 0.7, -0.6, 1.1, 0.2, 0.8])


@pytest.mark.parametrize(
    ("rope", "expected"),
    [(0.0, (0.002, 0, 0.998)), (0.5, (0.0, 0.313, 0.687)), (1.0, (0.0, 0.966, 0.034))],
)
def test_twelve_tasks(rope, expected):
    posterior = bayesian_signed_rank(TASKS, rope=rope)
    assert posterior == pytest.approx(expected, abs=0.005)
    assert sum(posterior) == pytest.approx(1)


def test_one_task_is_a_beta_distribution():
    # All pairs but that of the prior with itself are a gain: 1 - w0**2 against w0**2.
    expected = stats.beta.cdf(0.5**0.5, 0.5, 1)
    posterior = bayesian_signed_rank(np.array([1.0]), rope=0.0)
    assert posterior == pytest.approx((0, 1 - expected, expected), abs=0.01)


def test_opposite_tasks_are_even():
    posterior = bayesian_signed_rank(np.array([1.0, -1.0]), rope=0.0)
    assert posterior.negative == pytest.approx(posterior.positive, abs=0.01)


def test_harm_is_the_mirror_of_gain():
    there = bayesian_signed_rank(TASKS, rope=0.5)
    back = bayesian_signed_rank(-TASKS, rope=0.5)
    assert back == pytest.approx(there[::-1], abs=0.01)


def test_order_and_unit_do_not_matter():
    there = bayesian_signed_rank(TASKS, rope=0.5)
    assert bayesian_signed_rank(TASKS[::-1].copy(), rope=0.5) == pytest.approx(there, abs=0.01)
    assert bayesian_signed_rank(TASKS / 100, rope=0.005) == pytest.approx(there)


def test_tasks_within_the_region_are_equivalent():
    assert bayesian_signed_rank(TASKS / 1000, rope=0.01).equivalent == 1


def test_bad_arguments_raise():
    with pytest.raises(ValueError, match="takes finite differences, at least 1"):
        bayesian_signed_rank(np.array([np.inf]), rope=0.0)
    with pytest.raises(ValueError, match="got rope=-1"):
        bayesian_signed_rank(TASKS, rope=-1.0)
