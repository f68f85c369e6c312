"""Golden values: published tables, simulation, and normal order statistics."""

import numpy as np
import pytest
from scipy import stats

from da.transfer import (
    Interval,
    paired_standard_error,
    planned_detectable,
    planned_half_width,
    resolution,
    selection_inflation,
    twc,
)


@pytest.mark.parametrize(
    ("seeds", "half_width", "detectable"),
    [
        (3, 2.484, 3.264),
        (4, 1.591, 2.128),
        (5, 1.242, 1.682),
        (8, 0.836, 1.156),
        (10, 0.715, 0.996),
    ],
)
def test_one_task(seeds, half_width, detectable):
    assert planned_half_width(seeds) == pytest.approx(half_width, abs=5e-4)
    assert planned_detectable(seeds) == pytest.approx(detectable, abs=5e-4)


@pytest.mark.parametrize(
    ("seeds", "critical"), [(3, 4.303), (4, 3.182), (5, 2.776), (8, 2.365), (10, 2.262)]
)
def test_the_half_width_is_a_critical_value_over_the_root_of_the_seeds(seeds, critical):
    assert planned_half_width(seeds) * seeds**0.5 == pytest.approx(critical, abs=5e-4)


@pytest.mark.parametrize(
    ("tasks", "seeds", "half_width"),
    [(6, 3, 0.514), (12, 3, 0.344), (12, 5, 0.260), (31, 3, 0.207)],
)
def test_a_suite(tasks, seeds, half_width):
    assert planned_half_width(seeds, tasks=tasks) == pytest.approx(half_width, abs=5e-4)


def test_the_detectable_difference_is_found_four_times_in_five():
    rng, seeds = np.random.default_rng(0), 5
    d = rng.normal(planned_detectable(seeds), 1, (20_000, seeds))
    assert np.mean(stats.ttest_1samp(d, 0, axis=1).pvalue <= 0.05) == pytest.approx(0.8, abs=0.01)


def test_more_power_needs_a_larger_difference():
    assert planned_detectable(5, power=0.9) > planned_detectable(5) > planned_half_width(5)


def test_an_interval_tells_its_design():
    d = np.random.default_rng(1).normal(size=(5, 1))
    d /= d.std(ddof=1)
    result = resolution(twc(np.tile(d, (1, 3))))
    assert result.half_width == pytest.approx(planned_half_width(5))
    assert result.detectable == pytest.approx(planned_detectable(5))


def test_the_level_of_the_interval_does_not_change_its_error():
    d = np.random.default_rng(2).normal(size=(3, 40))
    interval = twc(d, level=0.9)
    error = interval.half_width / stats.t.ppf(0.95, interval.df)
    detectable = resolution(interval, level=0.9).detectable
    assert 2 * error < detectable < 4 * error


@pytest.mark.parametrize("df", [1.0, 1.7, 2.0, 30.0, 1e5])
def test_the_detectable_difference_is_found_at_any_degrees_of_freedom(df):
    half_width = float(stats.t.ppf(0.975, df))  # a standard error of 1
    detectable = resolution(Interval(0.0, -half_width, half_width, 1.0, df)).detectable
    # t is a normal over the root of a chi-squared over df; average over the quantiles of the latter
    x, weights = np.polynomial.legendre.leggauss(500)
    scale = (stats.chi2.ppf((x + 1) / 2, df) / df) ** 0.5
    found = stats.norm.cdf(detectable - half_width * scale) @ weights / 2
    assert found == pytest.approx(0.8, abs=1e-6)


def test_nothing_is_known_where_nothing_varies():
    assert np.isnan(resolution(Interval(0.0, 0.0, 0.0, 1.0, 4.0)).detectable)


@pytest.mark.parametrize(
    ("items", "paired", "unpaired"),
    [
        (500, 0.0141, 0.0290),
        (1000, 0.0100, 0.0205),
        (3000, 0.0058, 0.0118),
        (10_000, 0.0032, 0.0065),
    ],
)
def test_paired_standard_errors(items, paired, unpaired):
    assert paired_standard_error(0.10, 0.0, items) == pytest.approx(paired, abs=5e-5)
    # two independent accuracies of .7 disagree on 2 * .7 * .3
    assert paired_standard_error(0.42, 0.0, items) == pytest.approx(unpaired, abs=5e-5)


def test_the_paired_standard_error_is_that_of_the_differences():
    d = np.random.default_rng(3).choice([-1.0, 0.0, 1.0], p=[0.1, 0.8, 0.1], size=400)
    error = paired_standard_error(float(np.abs(d).mean()), float(d.mean()), 400)
    assert error == pytest.approx(d.std() / 20)


@pytest.mark.parametrize(
    ("candidates", "gain"), [(5, 1.163), (10, 1.539), (20, 1.867), (50, 2.249), (100, 2.508)]
)
def test_the_best_of_equals_looks_better(candidates, gain):
    assert selection_inflation(candidates) == pytest.approx(gain, abs=5e-4)


def test_the_best_of_two_normals_is_known():
    assert selection_inflation(1) == pytest.approx(0, abs=1e-10)
    assert selection_inflation(2) == pytest.approx(np.pi**-0.5, abs=1e-10)
    assert selection_inflation(3) == pytest.approx(1.5 * np.pi**-0.5, abs=1e-10)


def test_bad_arguments_raise():
    with pytest.raises(ValueError, match="at least 2 seeds and 1 task.* got seeds=1, tasks=1"):
        planned_half_width(1)
    with pytest.raises(ValueError, match="got seeds=3, tasks=0"):
        planned_detectable(3, tasks=0)
    with pytest.raises(ValueError, match="got power=0.01"):
        planned_detectable(3, power=0.01)
    with pytest.raises(ValueError, match="delta=0.2, disagreement=0.1"):
        paired_standard_error(0.1, 0.2, 10)
    with pytest.raises(ValueError, match="at least 1 candidate; got 0"):
        selection_inflation(0)
