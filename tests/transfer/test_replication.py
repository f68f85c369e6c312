import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from da.transfer import (
    Replication,
    RunMean,
    compare,
    mean_from_spread,
    mean_of_means,
    mean_of_runs,
)


def test_the_half_interval_of_runs_is_that_of_the_one_sample_t_test():
    runs = [0.71, 0.74, 0.69, 0.75]
    interval = stats.ttest_1samp(runs, 0).confidence_interval(0.95)
    mean = mean_of_runs(runs)
    assert mean.estimate == pytest.approx(np.mean(runs))
    assert mean.half_width == pytest.approx((interval.high - interval.low) / 2)


def test_one_run_says_nothing_of_others():
    assert mean_of_runs([0.5]) == RunMean(0.5)
    assert mean_of_runs([0.5]).half_width is None
    with pytest.raises(ValueError, match="at least one run"):
        mean_of_runs([])


def test_a_printed_spread_is_a_standard_deviation_over_as_many_runs_as_stated():
    # .012 / sqrt(5) = .005367, t(4) = 2.776445
    assert mean_from_spread(0.9, 0.012, 5).half_width == pytest.approx(0.0149, abs=5e-5)
    assert mean_from_spread(0.9, 0.012, None).df == 2
    assert mean_from_spread(0.9, None, 5).half_width is None
    assert mean_from_spread(0.9, 0.012, 1).half_width is None


def test_the_error_of_a_mean_over_tasks_is_that_of_welch():
    first, second = [0.70, 0.72, 0.77], [0.50, 0.58, 0.53, 0.51]
    both = mean_of_means([mean_of_runs(first), mean_of_runs(second)])
    welch = stats.ttest_ind(first, [-x for x in second], equal_var=False)
    interval = welch.confidence_interval(0.95)
    assert both.estimate == pytest.approx((np.mean(first) + np.mean(second)) / 2)
    # the difference of one sample and the negative of the other is the sum of their means
    assert both.half_width == pytest.approx((interval.high - interval.low) / 4)
    assert both.df == pytest.approx(welch.df)


def test_a_mean_over_tasks_knows_its_error_only_if_all_tasks_do():
    assert mean_of_means([RunMean(0.4), mean_of_runs([0.5, 0.7])]) == RunMean(0.5)
    exact = mean_of_means([mean_of_runs([0.5, 0.5]), mean_of_runs([0.7, 0.7])])
    assert exact.half_width == 0
    with pytest.raises(ValueError, match="at least one task"):
        mean_of_means([])


@pytest.mark.parametrize(
    ("ours", "verdict"),
    [(0.810, "reproduced"), (0.809, "reproduced"), (0.811, "above"), (0.789, "below")],
)
def test_without_errors_a_point_decides(ours, verdict):
    compared = compare(RunMean(ours), RunMean(0.8 + 1e-12))
    assert compared.verdict == Replication(verdict)
    assert compared.margin == 0.01


def test_wider_intervals_of_either_side_widen_the_margin():
    ours, theirs = mean_of_runs([0.70, 0.74]), mean_from_spread(0.9, 0.02, 3)
    joint = math.hypot(ours.half_width, theirs.half_width)
    compared = compare(ours, theirs)
    assert compared.margin == pytest.approx(joint)
    assert compared.difference == pytest.approx(-0.18)
    assert compared.verdict is Replication.REPRODUCED  # two runs 4 points apart say that little
    assert compare(RunMean(0.72), theirs).verdict is Replication.BELOW


@given(st.floats(0, 1), st.floats(0, 1))
def test_who_is_above_turns_with_the_sides(a, b):
    turned = {"above": "below", "below": "above", "reproduced": "reproduced"}
    one, other = compare(RunMean(a), RunMean(b)), compare(RunMean(b), RunMean(a))
    assert other.verdict.value == turned[one.verdict.value]
