"""Golden values: matrices by hand, scipy's trimmed mean and Mann-Whitney statistic."""

import numpy as np
import pytest
from jaxtyping import config
from scipy import stats

from da.transfer import (
    harm_profile,
    interquartile_mean,
    performance_profile,
    probability_of_improvement,
    stratified_bootstrap,
)

SCORES = np.array([[0.1, 0.2, 0.3, 0.4], [0.5, 0.6, 0.7, 0.8], [0.2, 0.4, 0.6, 0.9]])


def test_interquartile_mean():
    assert interquartile_mean(SCORES) == pytest.approx(0.4666666667, abs=1e-9)
    assert SCORES.mean() == pytest.approx(0.475)
    assert interquartile_mean(np.array([0, 1, 2, 3, 100])) == 2


@pytest.mark.parametrize("n", [1, 2, 3, 4, 7, 20])
def test_interquartile_mean_is_a_trimmed_mean_in_any_order(n):
    x = np.random.default_rng(n).standard_cauchy(n)
    assert interquartile_mean(x) == pytest.approx(np.sort(x)[n // 4 : n - n // 4].mean())
    assert interquartile_mean(x[::-1].copy()) == pytest.approx(interquartile_mean(x))


def test_profile():
    profile = performance_profile(SCORES, np.array([0, 0.25, 0.5, 0.75]))
    np.testing.assert_allclose(profile, [1, 0.75, 0.4166666667, 0.1666666667], atol=1e-9)
    np.testing.assert_allclose(profile, [(t < SCORES).mean() for t in (0, 0.25, 0.5, 0.75)])


def test_harm_profile_counts_losses_beyond_the_materiality():
    delta = np.array([[-0.05, -0.01], [0.0, 0.2]])
    profile = harm_profile(delta, np.array([0.0, 0.01, 0.02, 0.1]))
    np.testing.assert_array_equal(profile, [0.5, 0.25, 0.25, 0])


def test_probability_of_improvement():
    first, second = np.array([[1, 2], [3, 2]]), np.array([[2, 2], [2, 1]])
    assert probability_of_improvement(first, second) == pytest.approx(0.625, abs=1e-12)
    assert probability_of_improvement(second, first) == pytest.approx(0.375, abs=1e-12)
    assert probability_of_improvement(first, first) == 0.5


def test_probability_of_improvement_is_mann_whitney_on_one_task():
    rng = np.random.default_rng(0)
    x, y = rng.integers(0, 5, (6, 1)), rng.integers(0, 5, (9, 1))
    u = stats.mannwhitneyu(x[:, 0], y[:, 0]).statistic
    assert probability_of_improvement(x, y) == pytest.approx(u / 54)


def test_runs_are_drawn_within_their_task():
    scores = np.tile([0.1, 0.5, 0.9], (4, 1))  # runs of a task do not vary
    interval = stratified_bootstrap(scores, lambda s: float(s.mean()), resamples=50)
    assert interval.low == interval.high == pytest.approx(0.5)


def test_tasks_are_drawn_apart():
    scores = np.random.default_rng(1).normal(size=(20, 8))
    interval = stratified_bootstrap(scores, lambda s: float(s.mean()), resamples=4000)
    error = (scores.var(0).mean() / 20 / 8) ** 0.5
    assert interval.half_width == pytest.approx(1.96 * error, rel=0.06)


def test_interval_of_the_interquartile_mean():
    interval = stratified_bootstrap(SCORES, interquartile_mean, resamples=300)
    assert interval.estimate == interquartile_mean(SCORES)
    assert interval.low < interval.estimate < interval.high
    assert interval == stratified_bootstrap(SCORES, interquartile_mean, resamples=300)


def test_bad_scores_raise(monkeypatch):
    monkeypatch.setattr(config, "jaxtyping_disable", True)  # reach the check for users without
    with pytest.raises(ValueError, match=r"got shape \(0,\)"):
        interquartile_mean(np.zeros(0))
    with pytest.raises(ValueError, match="with NaN or infinity"):
        performance_profile(np.array([np.nan]), np.zeros(1))
    with pytest.raises(ValueError, match=r"got shapes \(3, 4\) and \(3, 3\)"):
        probability_of_improvement(SCORES, SCORES[:, 1:])
