"""Golden values: arithmetic by hand, and Fieller's interval for a ratio of two means."""

import numpy as np
import pytest
from scipy import stats

from da.transfer import gap_closed, ratio_intervals, transfer_ratio_interval


def correct(accuracy, shape=(1, 100)):
    return np.arange(shape[1])[None].repeat(shape[0], 0) < round(accuracy * shape[1])


def test_estimates_are_ratios_of_means():
    result = ratio_intervals(
        correct(0.62), correct(0.55), correct(0.80), num_classes=10, resamples=200
    )
    assert result.gap_closed.estimate == pytest.approx(0.28)
    assert result.normalized_gap.estimate == pytest.approx(-0.07 / 0.45)
    assert result.gap_closed.low < 0.28 < result.gap_closed.high
    fallen = ratio_intervals(
        correct(0.45), correct(0.50), correct(0.80), num_classes=10, resamples=200
    )
    assert fallen.normalized_gap.estimate == pytest.approx(0.125)


def test_agrees_with_fieller_where_the_gap_is_sure():
    rng = np.random.default_rng(0)
    a, so, to = (rng.uniform(size=(1, 3000)) < p for p in (0.7, 0.5, 0.9))
    result = ratio_intervals(a, so, to, num_classes=10, resamples=4000).gap_closed
    y, x = (a.astype(float) - so)[0], (to.astype(float) - so)[0]
    (vx, vxy), (_, vy) = np.cov(x, y) / 3000
    z, mx, my = stats.norm.ppf(0.975), x.mean(), y.mean()
    bounds = np.roots([mx**2 - z**2 * vx, -2 * (mx * my - z**2 * vxy), my**2 - z**2 * vy])
    assert (result.low, result.high) == pytest.approx(tuple(sorted(bounds)), abs=0.006)


def test_a_gap_that_may_be_none_leaves_the_ratio_unbounded():
    rng = np.random.default_rng(1)
    a, so, to = (rng.uniform(size=(2, 100)) < p for p in (0.6, 0.55, 0.62))
    result = ratio_intervals(a, so, to, num_classes=10, resamples=500).gap_closed
    assert np.isnan(result.estimate) or (result.low, result.high) == (-np.inf, np.inf)


def test_no_gap_is_no_ratio():
    result = ratio_intervals(correct(0.6), correct(0.6), correct(0.6), num_classes=2, resamples=50)
    assert np.isnan(result.gap_closed.estimate)
    assert result.normalized_gap.estimate == 0


def test_weights_enter_all_accuracies():
    rng = np.random.default_rng(2)
    a, so, to = (rng.uniform(size=(3, 200)) < p for p in (0.7, 0.5, 0.9))
    weights = rng.exponential(size=200)
    weights /= weights.mean()
    result = ratio_intervals(a, so, to, num_classes=10, weights=weights, resamples=50).gap_closed
    levels = [float(np.average(m.mean(0), weights=weights)) for m in (a, so, to)]
    assert result.estimate == pytest.approx(gap_closed(*levels))


def test_transfer_ratio_of_a_suite():
    tasks = [(0.6, 0.8), (0.7, 0.9)]  # errors .4 and .2, .3 and .1
    result = transfer_ratio_interval(
        [correct(a) for a, _ in tasks], [correct(b) for _, b in tasks], ["t", "u"], resamples=300
    )
    assert result.estimate == pytest.approx(2.5)
    assert 1 < result.low < 2.5 < result.high


def test_the_ratio_of_errors_of_one_task():
    result = ratio_intervals(
        correct(0.6), correct(0.5), correct(0.8), num_classes=10, resamples=200
    ).transfer_ratio
    assert result.estimate == pytest.approx(2.0)
    assert 1 < result.low < 2 < result.high


@pytest.mark.parametrize("ceiling", [None, correct(1.0)])
def test_without_an_error_of_the_ceiling_there_is_no_ratio_of_errors(ceiling):
    result = ratio_intervals(correct(0.55), correct(0.5), ceiling, num_classes=10, resamples=50)
    assert np.isnan(result.transfer_ratio.estimate)
    assert np.isnan(result.gap_closed.estimate) == (ceiling is None)
    assert result.normalized_gap.estimate == pytest.approx(-0.125)


def test_a_seed_that_guesses_counts_with_its_chance():
    adapted = np.vstack([correct(0.6), np.full((1, 100), 0.1)])
    result = ratio_intervals(
        adapted, correct(0.5, (2, 100)), correct(0.9, (2, 100)), num_classes=10, resamples=50
    )
    assert result.gap_closed.estimate == pytest.approx((0.35 - 0.5) / 0.4)


def test_weights_enter_the_transfer_ratio_of_a_suite():
    weights = np.repeat([0.5, 1.5], 50)
    result = transfer_ratio_interval(
        [correct(0.5)], [correct(0.8)], ["t"], weights=[weights], resamples=50
    )
    assert result.estimate == pytest.approx(0.75 / 0.3)
