"""Intervals of summaries of runs, with the runs of each task drawn anew, many draws at once.

Agarwal et al., *Deep Reinforcement Learning at the Edge of the Statistical Precipice*, NeurIPS
2021, Sec. 3. https://arxiv.org/abs/2108.13264
"""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float, Real
from scipy import stats

from da.transfer.aggregate import interquartile_mean
from da.transfer.bootstrap import PercentileInterval, percentile_interval


def interquartile_interval(
    scores: Sequence[Real[np.ndarray, " _"]],
    *,
    level: float = 0.95,
    resamples: int = 2000,
    seed: int = 0,
) -> PercentileInterval:
    """Interquartile mean over runs and tasks; see :func:`~da.transfer.stratified_bootstrap`.

    Args:
        scores: Normalised scores of the runs of each task; tasks may differ in their runs.
        level: Confidence level, in (0, 1).
        resamples: Number of resamples.
        seed: Seed of the draws.

    Returns:
        The estimate and its interval; the interval is a point if no task has two runs.

    Raises:
        ValueError: If there is no task, a task has no run, or a score is not finite.
    """
    scores = _runs(scores)
    drawn = np.concatenate(_draws(scores, resamples, np.random.default_rng(seed)), axis=1)
    estimate = interquartile_mean(np.concatenate(scores))
    return percentile_interval(estimate, stats.trim_mean(drawn, 0.25, axis=1), level=level)


def improvement_interval(
    first: Sequence[Real[np.ndarray, " _"]],
    second: Sequence[Real[np.ndarray, " _"]],
    *,
    level: float = 0.95,
    resamples: int = 2000,
    seed: int = 0,
) -> PercentileInterval:
    """Interval of :func:`~da.transfer.probability_of_improvement`.

    Args:
        first: Score of each run of a method, by task; tasks may differ in their runs.
        second: Scores of another method on the same tasks.
        level: Confidence level, in (0, 1).
        resamples: Number of resamples.
        seed: Seed of the draws.

    Returns:
        The estimate and its interval; the interval is a point if no task has two runs.

    Raises:
        ValueError: If the tasks differ in number, a task has no run, or a score is not finite.
    """
    first, second = _runs(first), _runs(second)
    if len(first) != len(second):
        raise ValueError(
            f"both methods have scores on the same tasks; got {len(first)} and {len(second)} tasks"
        )
    rng = np.random.default_rng(seed)
    drawn = [_draws(scores, resamples, rng) for scores in (first, second)]
    observed = [[runs[None] for runs in scores] for scores in (first, second)]
    return percentile_interval(float(_wins(*observed)[0]), _wins(*drawn), level=level)


def _draws(
    scores: Sequence[Float[np.ndarray, " _"]], resamples: int, rng: np.random.Generator
) -> list[Float[np.ndarray, "b _"]]:
    """Draw the runs of each task with replacement."""
    return [runs[rng.integers(0, len(runs), (resamples, len(runs)))] for runs in scores]


def _wins(
    first: Sequence[Float[np.ndarray, "b _"]], second: Sequence[Float[np.ndarray, "b _"]]
) -> Float[np.ndarray, " b"]:
    """Return the share of pairs of runs that the first wins, a tie counting one half."""
    signs = [
        np.sign(one[:, :, None] - other[:, None]).mean(axis=(1, 2))
        for one, other in zip(first, second, strict=True)
    ]
    return (np.mean(signs, axis=0) + 1) / 2


def _runs(scores: Sequence[Real[np.ndarray, " _"]]) -> list[Float[np.ndarray, " _"]]:
    runs = [np.asarray(task, np.float64) for task in scores]
    if not runs or not all(len(task) and np.isfinite(task).all() for task in runs):
        raise ValueError(
            f"a summary needs finite scores of at least 1 run on each of at least 1 task; got "
            f"{[task.tolist() for task in runs]}"
        )
    return runs
