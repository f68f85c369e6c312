"""Golden values: means by hand."""

import numpy as np
import pytest

from da.transfer import TaskValues, crossed_replicates, suite_mean, suite_means


def task(mean, target, seed=0, spread=0.3):
    values = np.random.default_rng(seed).normal(0, spread, (1, 3, 50))
    return TaskValues(values - values.mean() + mean, target=target)


TASKS = [task(0.1, "A", 1), task(0.2, "A", 2), task(0.3, "W", 3), task(-0.4, "m", 4)]
DATASETS = ["office", "office", "office", "digits"]


def test_datasets_count_the_same():
    result = suite_mean(TASKS, DATASETS, resamples=300)
    assert result.fixed.estimate == pytest.approx((0.2 - 0.4) / 2)
    assert result.resampled is None  # digits have one target


def test_independent_datasets_average_their_errors():
    tasks = [task(0.0, str(i), seed=i) for i in range(4)]
    one = suite_mean(tasks[:1], ["a"], resamples=3000).fixed
    four = suite_mean(tasks, list("abcd"), resamples=3000).fixed
    assert four.half_width == pytest.approx(one.half_width / 2, rel=0.15)


def test_new_targets_are_less_sure_than_these():
    tasks = [task(mean, str(mean), seed=i) for i, mean in enumerate([-0.5, 0.0, 0.5])]
    result = suite_mean(tasks, ["office"] * 3, resamples=500)
    assert result.resampled is not None
    assert result.resampled.estimate == result.fixed.estimate
    assert result.resampled.half_width > 3 * result.fixed.half_width


def test_order_of_tasks_does_not_change_the_estimate():
    there = suite_mean(TASKS, DATASETS, resamples=50)
    back = suite_mean(TASKS[::-1], DATASETS[::-1], resamples=50)
    assert back.fixed.estimate == pytest.approx(there.fixed.estimate)


def test_labelled_tasks_average_their_classes():
    values = np.concatenate([np.ones((1, 2, 9)), np.zeros((1, 2, 3))], axis=2)
    labelled = TaskValues(values, labels=np.repeat([0, 2], [9, 3]))
    assert suite_mean([labelled], ["a"], resamples=10).fixed.estimate == 0.5


def test_channels_have_the_mean_that_each_has_alone():
    rng = np.random.default_rng(0)
    tasks = [TaskValues(rng.normal(0.1 * i, 1, (3, 4, 40)), target=str(i % 2)) for i in range(4)]
    together = suite_means(tasks, ["a"] * 4, resamples=4000)
    for channel, mean in enumerate(together):
        alone = [TaskValues(t.values[channel : channel + 1], target=t.target) for t in tasks]
        one = suite_mean(alone, ["a"] * 4, resamples=4000)
        assert mean.fixed.estimate == pytest.approx(one.fixed.estimate)
        assert mean.fixed.half_width == pytest.approx(one.fixed.half_width, rel=0.06)
        assert mean.resampled.half_width == pytest.approx(one.resampled.half_width, rel=0.06)
        assert mean.p == pytest.approx(one.p, abs=0.04)


def test_targets_are_drawn_anew_as_one_resample_at_a_time():
    tasks = [task(0.1 * i, "AAB"[i % 3] + str(i // 3), i) for i in range(6)]
    mean = suite_mean(tasks, ["a"] * 6, resamples=6000).resampled

    def statistic(means):
        return means.mean(axis=(1, 2, 3))

    slow = crossed_replicates(tasks, statistic, resample_targets=True, resamples=3000)
    low, high = np.quantile(slow, [0.025, 0.975])
    assert (mean.low, mean.high) == pytest.approx((low, high), abs=0.1 * (high - low))


def test_the_p_value_agrees_with_the_interval():
    rng = np.random.default_rng(3)
    values = rng.normal(0, 1, (40, 5, 30))
    for mean in suite_means([TaskValues(values)], ["a"], resamples=999):
        assert (mean.p <= 0.05) == (mean.fixed.low > 0 or mean.fixed.high < 0)


def test_bad_arguments_raise():
    with pytest.raises(ValueError, match="and 3 datasets"):
        suite_mean(TASKS, DATASETS[1:])
    with pytest.raises(ValueError, match=r"got channels \[2\]"):
        suite_mean([TaskValues(np.zeros((2, 2, 3)))], ["a"])
