"""Golden values: order statistics by hand; coverage in a simulation."""

from inspect import signature

import numpy as np
import pytest

from da.transfer import (
    TaskValues,
    bayesian_signed_rank,
    classwise,
    crossed_bootstrap,
    crossed_replicates,
    improvement_interval,
    interquartile_interval,
    percentile_interval,
    percentile_p,
    ratio_intervals,
    recall_differences,
    stratified_bootstrap,
    stress_scores,
    suite_mean,
    transfer_ratio_interval,
    twc,
)


def first(means):
    return means[:, 0, 0, 0]


def over_tasks(means):
    return means[:, :, 0, 0].mean(axis=1)


def test_bounds_are_order_statistics():
    replicates = np.random.default_rng(0).permutation(1001.0 - np.arange(1001))
    interval = percentile_interval(500.0, replicates)
    assert (interval.low, interval.high) == (26, 976)  # 25 of 1001 in each tail
    assert interval.half_width == 475


def test_p_value_is_twice_the_smaller_share_across_zero():
    replicates = np.concatenate([np.full(4, -1.0), np.full(95, 1.0)])
    assert percentile_p(replicates) == pytest.approx(2 * 5 / 100)
    assert percentile_p(-replicates) == percentile_p(replicates)
    assert percentile_p(np.ones(99)) == pytest.approx(0.02)
    assert percentile_p(np.zeros(99)) == 1
    assert percentile_p(np.append(replicates, np.nan)) == pytest.approx(2 * 6 / 101)
    with pytest.raises(ValueError, match="at least 1 replicate"):
        percentile_p(np.zeros(0))


def test_what_is_undefined_could_have_been_anything():
    replicates = np.arange(1000.0)
    replicates[:10] = np.nan  # fewer than the 25 of a tail
    interval = percentile_interval(500.0, replicates)
    assert np.isfinite([interval.low, interval.high]).all()
    assert interval.low < percentile_interval(500.0, replicates[10:]).low
    replicates[:30] = np.nan
    interval = percentile_interval(500.0, replicates)
    assert (interval.low, interval.high) == (-np.inf, np.inf)


def test_an_undefined_estimate_has_no_interval():
    interval = percentile_interval(float("nan"), np.arange(10.0))
    assert np.isnan([interval.estimate, interval.low, interval.high]).all()


def test_infinite_replicates_are_bounds_like_others():
    interval = percentile_interval(0.5, np.array([0.5] * 90 + [np.inf] * 10))
    assert (interval.low, interval.high) == (0.5, np.inf)


def test_the_same_seed_gives_the_same_interval():
    task = TaskValues(np.random.default_rng(1).normal(size=(1, 3, 30)))
    intervals = [crossed_bootstrap([task], first, resamples=500, seed=s) for s in (3, 3, 4)]
    assert intervals[0] == intervals[1] != intervals[2]


@pytest.mark.parametrize(
    ("function", "parameter", "number"),
    [
        *((f, "resamples", 10_000) for f in (crossed_bootstrap, suite_mean, stress_scores)),
        *((f, "resamples", 10_000) for f in (ratio_intervals, transfer_ratio_interval)),
        (recall_differences, "resamples", 10_000),
        *((f, "resamples", 2000) for f in (stratified_bootstrap, interquartile_interval)),
        (improvement_interval, "resamples", 2000),
        (classwise, "resamples", 9999),
        (bayesian_signed_rank, "draws", 50_000),
    ],
)
def test_draws_are_as_many_as_declared_beforehand_and_the_same_each_time(
    function, parameter, number
):
    defaults = signature(function).parameters
    assert (defaults[parameter].default, defaults["seed"].default) == (number, 0)


def test_equals_a_t_interval_where_that_is_normal():
    rng = np.random.default_rng(2)
    d = rng.normal(0, 0.1, (30, 1)) + rng.normal(size=(1, 500))
    there, here = twc(d), crossed_bootstrap([TaskValues(d[None])], first, resamples=4000)
    assert here.estimate == pytest.approx(there.estimate)
    assert here.half_width == pytest.approx(there.half_width, rel=0.05)


def test_a_narrower_level_is_narrower():
    task = TaskValues(np.random.default_rng(3).normal(size=(1, 3, 30)))
    narrow, wide = (
        crossed_bootstrap([task], first, level=level, resamples=1000) for level in (0.9, 0.95)
    )
    assert wide.low < narrow.low < narrow.high < wide.high


def test_targets_that_differ_widen_the_interval_for_new_tasks_alone():
    rng = np.random.default_rng(4)
    level = np.repeat([-0.3, -0.1, 0.1, 0.3], 2)  # two sources for each target
    tasks = [
        TaskValues(rng.normal(mean, 0.2, (1, 3, 100)), target=str(i // 2))
        for i, mean in enumerate(level)
    ]
    fixed = crossed_bootstrap(tasks, over_tasks, resamples=1000)
    new = crossed_bootstrap(tasks, over_tasks, resamples=1000, resample_targets=True)
    assert new.estimate == fixed.estimate
    assert fixed.half_width < 0.05
    # the standard error of the mean of four such targets is .05 ** .5 / 2
    assert new.half_width == pytest.approx(1.96 * 0.05**0.5 / 2, rel=0.15)


def test_all_tasks_of_a_target_are_drawn_together():
    constant = [1.0, 1.0, 1.0, 5.0]
    tasks = [
        TaskValues(np.full((1, 2, 3), value), target=target)
        for value, target in zip(constant, "aaab", strict=True)
    ]
    drawn = crossed_replicates(tasks, over_tasks, resamples=400, resample_targets=True)
    values, counts = np.unique(drawn, return_counts=True)
    np.testing.assert_allclose(values, [1, 2, 5])  # aa, ab or ba, bb
    np.testing.assert_allclose(counts / 400, [0.25, 0.5, 0.25], atol=0.08)


@pytest.mark.parametrize(("seed_spread", "seeds"), [(0.02, 5), (0.02, 10)])
def test_covers_the_truth_at_least_as_often_as_it_says(seed_spread, seeds):
    rng, truth, covered = np.random.default_rng(5), -0.036, 0
    for repetition in range(200):
        d = (
            truth
            + rng.normal(0, seed_spread, (seeds, 1))
            + rng.normal(0, 0.3, (1, 60))
            + rng.normal(0, 0.2, (seeds, 60))
        )
        interval = crossed_bootstrap([TaskValues(d[None])], first, resamples=400, seed=repetition)
        covered += interval.low <= truth <= interval.high
    assert covered / 200 >= 0.92


def test_bad_arguments_raise():
    task = TaskValues(np.zeros((1, 2, 3)))
    with pytest.raises(ValueError, match="at least 2 targets; got 1, so keep the tasks fixed"):
        crossed_bootstrap([task, task], over_tasks, resample_targets=True)
    with pytest.raises(ValueError, match=r"level in \(0, 1\) .* got level=95"):
        percentile_interval(0.0, np.zeros(3), level=95.0)
    with pytest.raises(ValueError, match="0 replicates"):
        percentile_interval(0.0, np.zeros(0))
