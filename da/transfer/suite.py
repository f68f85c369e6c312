"""The mean difference over a suite of tasks."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from jaxtyping import Float

from da.transfer.bootstrap import PercentileInterval, crossed_replicates, percentile_interval
from da.transfer.resampling import TaskValues, observed_means


class SuiteMean(NamedTuple):
    """Mean over tasks, dataset by dataset, with two intervals of one estimate.

    Attributes:
        fixed: For these tasks: seeds and items vary.
        resampled: For tasks like these: targets vary too. None if a dataset has one target.
    """

    fixed: PercentileInterval
    resampled: PercentileInterval | None


def suite_mean(
    tasks: Sequence[TaskValues],
    datasets: Sequence[str],
    *,
    level: float = 0.95,
    resamples: int = 10_000,
    seed: int = 0,
) -> SuiteMean:
    """Average differences over tasks within each dataset, then over datasets.

    Each dataset counts the same, however many tasks it has. Targets are drawn anew within their
    dataset, for the datasets were chosen and not drawn.

    Args:
        tasks: Paired differences of each task, one channel. If labelled, the mean of its classes
            counts instead of the mean of its items: the difference of macro recall.
        datasets: The dataset of each task; a target belongs to one.
        level: Confidence level, in (0, 1).
        resamples: Number of resamples.
        seed: Seed of the draws.

    Raises:
        ValueError: If there are no tasks, tasks and datasets differ in number, a task has more
            than one channel, or tasks of one target do not have the same items.
    """
    if not len(tasks) == len(datasets) > 0 or any(len(task.values) > 1 for task in tasks):
        raise ValueError(
            f"a suite has at least 1 task, each of one channel and of one dataset; got channels "
            f"{[len(task.values) for task in tasks]} and {len(datasets)} datasets"
        )
    names = sorted(set(datasets))
    groups = [[t for t, d in zip(tasks, datasets, strict=True) if d == name] for name in names]
    estimate = float(np.mean([_mean(observed_means(group)[None])[0] for group in groups]))

    def interval(resample_targets: bool) -> PercentileInterval:
        by_dataset = [
            crossed_replicates(
                group,
                _mean,
                resample_targets=resample_targets,
                resamples=resamples,
                seed=seed + i,  # datasets have no items in common, and are drawn apart
            )
            for i, group in enumerate(groups)
        ]
        return percentile_interval(estimate, np.mean(by_dataset, axis=0), level=level)

    several = all(len({task.target for task in group}) > 1 for group in groups)
    return SuiteMean(interval(False), interval(True) if several else None)


def _mean(means: Float[np.ndarray, "b tasks 1 classes"]) -> Float[np.ndarray, " b"]:
    return np.nanmean(means[:, :, 0], axis=2).mean(axis=1)
