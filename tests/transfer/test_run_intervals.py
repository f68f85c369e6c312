"""Golden values: the same statistics with one draw at a time, and by hand."""

import numpy as np
import pytest
from jaxtyping import config

from da.transfer import (
    improvement_interval,
    interquartile_interval,
    interquartile_mean,
    probability_of_improvement,
    stratified_bootstrap,
)

SCORES = np.array([[0.1, 0.2, 0.3, 0.4], [0.5, 0.6, 0.7, 0.8], [0.2, 0.4, 0.6, 0.9]])


def test_estimates_are_those_without_an_interval():
    assert interquartile_interval(list(SCORES.T)).estimate == pytest.approx(0.4666666667, abs=1e-9)
    first, second = np.array([[1, 2], [3, 2]]), np.array([[2, 2], [2, 1]])
    assert improvement_interval(list(first.T), list(second.T)).estimate == pytest.approx(0.625)


def test_intervals_are_those_of_one_draw_at_a_time():
    rng = np.random.default_rng(0)
    first, second = rng.normal(0.3, 1, (6, 5)), rng.normal(0, 1, (6, 5))
    quick = interquartile_interval(list(first.T), resamples=6000)
    slow = stratified_bootstrap(first, interquartile_mean, resamples=3000)
    assert (quick.low, quick.high) == pytest.approx((slow.low, slow.high), abs=0.04)
    both = np.concatenate([first, second])

    def better(runs):
        return probability_of_improvement(runs[:6], runs[6:])

    quick = improvement_interval(list(first.T), list(second.T), resamples=6000)
    draws = [
        better(np.concatenate([_drawn(both[:6], rng), _drawn(both[6:], rng)])) for _ in range(2000)
    ]
    low, high = np.quantile(draws, [0.025, 0.975])
    assert (quick.low, quick.high) == pytest.approx((low, high), abs=0.03)


def _drawn(runs, rng):
    return runs[rng.integers(0, len(runs), runs.shape), np.arange(runs.shape[1])]


def test_tasks_may_differ_in_their_runs():
    ragged = [np.array([0.1, 0.5]), np.array([0.3]), np.array([0.2, 0.4, 0.9])]
    interval = interquartile_interval(ragged, resamples=200)
    assert interval.estimate == interquartile_mean(np.concatenate(ragged))
    better = improvement_interval(ragged, [np.array([0.3])] * 3, resamples=200)
    assert better.estimate == pytest.approx((0.5 + 0.5 + 2 / 3) / 3)


def test_single_runs_leave_a_point():
    interval = interquartile_interval([np.array([0.2]), np.array([0.6])], resamples=50)
    assert interval.low == interval.estimate == interval.high == pytest.approx(0.4)


def test_bad_scores_raise(monkeypatch):
    monkeypatch.setattr(config, "jaxtyping_disable", True)
    with pytest.raises(ValueError, match="at least 1 run on each of at least 1 task"):
        interquartile_interval([np.array([0.2]), np.zeros(0)])
    with pytest.raises(ValueError, match="got 2 and 1 tasks"):
        improvement_interval([np.ones(1), np.ones(1)], [np.ones(1)])
