"""The crossed bootstrap: seeds and test items are drawn anew, both at once."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Real

from da.transfer.resampling import TaskValues, observed_means, resampled_means

#: Maps means by resample, task, channel and class to one number or more for each resample.
Statistic = Callable[[Float[np.ndarray, "b tasks channels classes"]], Float[np.ndarray, "b ..."]]


@dataclass(frozen=True)
class PercentileInterval:
    """An estimate with the percentiles of its bootstrap distribution.

    Attributes:
        estimate: The statistic of the data as they are; NaN where it is not defined.
        low: Lower bound; minus infinity if too many resamples leave the statistic undefined.
        high: Upper bound; infinity likewise.
    """

    estimate: float
    low: float
    high: float

    @property
    def half_width(self) -> float:
        """Half the length of the interval: what the design was able to resolve."""
        return (self.high - self.low) / 2


def percentile_interval(
    estimate: float, replicates: Float[np.ndarray, " b"], *, level: float = 0.95
) -> PercentileInterval:
    """Return the percentile interval of bootstrap replicates.

    A replicate that is NaN, such as a ratio without a denominator, could have been anything: it
    counts as minus infinity for the lower bound and as infinity for the upper one.

    Args:
        estimate: The statistic of the data as they are.
        replicates: The statistic of each resample.
        level: Confidence level, in (0, 1).

    Raises:
        ValueError: If there are no replicates or the level is outside (0, 1).
    """
    if not 0 < level < 1 or len(replicates) == 0:
        raise ValueError(
            f"a percentile interval needs a level in (0, 1) and at least 1 replicate; got "
            f"level={level} and {len(replicates)} replicates"
        )
    if np.isnan(estimate):
        return PercentileInterval(estimate, float("nan"), float("nan"))
    undefined, tail = np.isnan(replicates), (1 - level) / 2
    # Whole order statistics: between -inf and a number there is nothing to interpolate.
    low = np.quantile(np.where(undefined, -np.inf, replicates), tail, method="lower")
    high = np.quantile(np.where(undefined, np.inf, replicates), 1 - tail, method="higher")
    return PercentileInterval(estimate, float(low), float(high))


def percentile_p(replicates: Float[np.ndarray, " b"]) -> float:
    """Two-sided p-value that the statistic is zero, by the share of replicates across zero.

    Davison & Hinkley, *Bootstrap Methods and their Application*, 1997, Sec. 5.4: the level at which
    the percentile interval just excludes zero; one replicate is added on each side (Sec. 4.4), so
    that it is never zero. A replicate that is NaN counts for both sides.

    Args:
        replicates: The statistic of each resample.

    Raises:
        ValueError: If there are no replicates.
    """
    if len(replicates) == 0:
        raise ValueError("a p-value needs at least 1 replicate; got none")
    sides = (np.sum(~(replicates > 0)), np.sum(~(replicates < 0)))
    return min(1.0, 2 * (1 + float(min(sides))) / (len(replicates) + 1))


def crossed_replicates(
    tasks: Sequence[TaskValues],
    statistic: Statistic,
    *,
    resample_targets: bool = False,
    resamples: int = 10_000,
    seed: int = 0,
) -> Float[np.ndarray, "b ..."]:
    """Return a statistic of each crossed resample; see :func:`crossed_bootstrap`."""
    if resample_targets and len({task.target for task in tasks}) < 2:
        raise ValueError(
            "resampling targets needs tasks with at least 2 targets; got 1, so keep the tasks fixed"
        )
    rng = np.random.default_rng(seed)
    replicates = []
    for means in resampled_means(tasks, resamples=resamples, rng=rng):
        if resample_targets:
            replicates += [statistic(drawn) for drawn in _drawn_targets(tasks, means, rng)]
        else:
            replicates.append(statistic(means))
    return np.concatenate(replicates)


def crossed_bootstrap(
    tasks: Sequence[TaskValues],
    statistic: Statistic,
    *,
    resample_targets: bool = False,
    level: float = 0.95,
    resamples: int = 10_000,
    seed: int = 0,
) -> PercentileInterval:
    """Interval of any statistic of means over seeds and items that are drawn anew together.

    Owen, *The Pigeonhole Bootstrap*, Ann. Appl. Stat. 2007, https://doi.org/10.1214/07-AOAS122.
    The deviation of each seed from the mean is stretched by ``sqrt(S / (S - 1))``, since resamples
    of few seeds vary too little. For a plain mean of differences, :func:`~da.transfer.twc` covers
    better: this is for ratios, recalls, areas under curves and robust means.

    With the tasks fixed, the interval speaks about these tasks. Drawing targets anew, with all
    tasks of each drawn target, makes it speak about further tasks like these, as far as so few
    can.

    Args:
        tasks: Values of each task. Tasks with one target share the draw of its items.
        statistic: Maps means, of shape ``(resamples, tasks, channels, classes)``, to one number
            for each resample. There is one class for unlabelled values; the mean of an absent
            class is NaN. It must not depend on the order or number of the tasks where targets
            are drawn anew.
        resample_targets: Draw target domains anew too, and within them seeds and items.
        level: Confidence level, in (0, 1).
        resamples: Number of resamples.
        seed: Seed of the draws.

    Raises:
        ValueError: If there are no tasks, tasks of one target do not have the same items, tasks
            differ in their channels, or targets cannot be drawn anew since there is one.
    """
    estimate = float(statistic(observed_means(tasks)[None])[0])
    replicates = crossed_replicates(
        tasks, statistic, resample_targets=resample_targets, resamples=resamples, seed=seed
    )
    return percentile_interval(estimate, replicates, level=level)


def _drawn_targets(
    tasks: Sequence[TaskValues], means: Real[np.ndarray, "b ..."], rng: np.random.Generator
) -> list[np.ndarray]:
    """Return means of one resample each, of the tasks of as many targets as there are."""
    names = sorted({task.target for task in tasks})
    groups = [[i for i, task in enumerate(tasks) if task.target == name] for name in names]
    picks = rng.integers(0, len(groups), (len(means), len(groups)))
    # A target drawn twice gets two draws of its seeds and items: those of other resamples.
    return [
        np.concatenate(
            [means[(b + place) % len(means), groups[pick]] for place, pick in enumerate(picks[b])]
        )[None]
        for b in range(len(means))
    ]
