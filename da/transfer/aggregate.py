"""Summaries of many runs on many tasks that a few outliers do not decide."""

from collections.abc import Callable

import numpy as np
from jaxtyping import Float, Real
from scipy import stats

from da.transfer.bootstrap import PercentileInterval, percentile_interval


def interquartile_mean(scores: Real[np.ndarray, "..."]) -> float:
    """Mean of the middle half of all scores: robust like the median, and less variable.

    Agarwal et al., *Deep Reinforcement Learning at the Edge of the Statistical Precipice*, NeurIPS
    2021. https://arxiv.org/abs/2108.13264

    Args:
        scores: Normalised scores of runs and tasks, such as
            :func:`~da.transfer.normalized_score`; an incomplete quarter is not cut.

    Raises:
        ValueError: If there are no scores or one is not finite.
    """
    return float(stats.trim_mean(_finite(scores), 0.25, axis=None))


def performance_profile(
    scores: Real[np.ndarray, "..."], thresholds: Real[np.ndarray, " t"]
) -> Float[np.ndarray, " t"]:
    """Share of runs that score above each threshold.

    Agarwal et al., *Deep Reinforcement Learning at the Edge of the Statistical Precipice*, NeurIPS
    2021. https://arxiv.org/abs/2108.13264

    Args:
        scores: Scores of runs and tasks.
        thresholds: Where to look; a score equal to one is not above it.

    Raises:
        ValueError: If there are no scores or one is not finite.
    """
    ordered = np.sort(_finite(scores), axis=None)
    return 1 - np.searchsorted(ordered, thresholds, side="right") / ordered.size


def harm_profile(
    delta: Real[np.ndarray, "..."], materialities: Real[np.ndarray, " t"]
) -> Float[np.ndarray, " t"]:
    """Share of runs that lost more than each materiality: how often harm is how large.

    Args:
        delta: Adapted minus source-only of each run and task.
        materialities: Losses, as positive numbers.

    Raises:
        ValueError: If there are no differences or one is not finite.
    """
    return performance_profile(-_finite(delta), materialities)


def probability_of_improvement(
    first: Real[np.ndarray, "runs tasks"], second: Real[np.ndarray, "others tasks"]
) -> float:
    """Probability that a run of one method beats a run of another on a random task.

    Agarwal et al., *Deep Reinforcement Learning at the Edge of the Statistical Precipice*, NeurIPS
    2021. https://arxiv.org/abs/2108.13264 On one task, this is the Mann-Whitney statistic.

    Args:
        first: Score of each run of a method on each task.
        second: Scores of another method on the same tasks.

    Returns:
        A number in [0, 1]; a tie counts one half.

    Raises:
        ValueError: If the tasks differ in number, there are no scores, or one is not finite.
    """
    first, second = _finite(first), _finite(second)
    if first.ndim != 2 or second.ndim != 2 or first.shape[1] != second.shape[1]:
        raise ValueError(
            f"both methods have a score of each run on each task; got shapes {first.shape} and "
            f"{second.shape}"
        )
    return float((np.sign(first[:, None] - second[None]).mean() + 1) / 2)


def stratified_bootstrap(
    scores: Real[np.ndarray, "runs tasks"],
    statistic: Callable[[Float[np.ndarray, "runs tasks"]], float],
    *,
    level: float = 0.95,
    resamples: int = 2000,
    seed: int = 0,
) -> PercentileInterval:
    """Interval of a summary, with the runs of each task drawn anew.

    Agarwal et al., *Deep Reinforcement Learning at the Edge of the Statistical Precipice*, NeurIPS
    2021, Sec. 3. https://arxiv.org/abs/2108.13264 Test items are taken as given, and few runs vary
    too little: where the correctness of each item is known,
    :func:`~da.transfer.crossed_bootstrap` is the better choice.

    Args:
        scores: Score of each run on each task.
        statistic: Summary of such scores, such as :func:`interquartile_mean`.
        level: Confidence level, in (0, 1).
        resamples: Number of resamples; 50 000 for what is published.
        seed: Seed of the draws.

    Raises:
        ValueError: If there are no scores or one is not finite.
    """
    scores = _finite(scores)
    rng = np.random.default_rng(seed)
    columns = np.arange(scores.shape[1])
    replicates = [
        statistic(scores[rng.integers(0, len(scores), scores.shape), columns])
        for _ in range(resamples)
    ]
    return percentile_interval(statistic(scores), np.array(replicates), level=level)


def _finite(scores: Real[np.ndarray, "..."]) -> Float[np.ndarray, "..."]:
    scores = np.asarray(scores, np.float64)
    if scores.size == 0 or not np.isfinite(scores).all():
        raise ValueError(
            f"a summary needs finite scores, at least 1; got shape {scores.shape}"
            f"{' with NaN or infinity' if scores.size else ''}"
        )
    return scores
