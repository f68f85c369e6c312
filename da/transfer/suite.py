"""The mean difference over a suite of tasks."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from jaxtyping import Float

from da.transfer.bootstrap import PercentileInterval, percentile_interval, percentile_p
from da.transfer.resampling import TaskValues, observed_means, resampled_means


class SuiteMean(NamedTuple):
    """Mean over tasks, dataset by dataset, with two intervals of one estimate.

    Attributes:
        fixed: For these tasks: seeds and items vary.
        resampled: For tasks like these: targets vary too. None if a dataset has one target.
        p: Two-sided p-value that the mean over these tasks is zero; goes with ``fixed``.
    """

    fixed: PercentileInterval
    resampled: PercentileInterval | None
    p: float


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
    if any(len(task.values) > 1 for task in tasks):
        raise ValueError(
            f"one mean is of one channel; got channels {[len(task.values) for task in tasks]}, so "
            f"ask for suite_means"
        )
    return suite_means(tasks, datasets, level=level, resamples=resamples, seed=seed)[0]


def suite_means(
    tasks: Sequence[TaskValues],
    datasets: Sequence[str],
    *,
    level: float = 0.95,
    resamples: int = 10_000,
    seed: int = 0,
) -> list[SuiteMean]:
    """Return :func:`suite_mean` of each channel, such as a method, from one draw for all.

    Args:
        tasks: Paired differences of each task, by channel.
        datasets: The dataset of each task; a target belongs to one.
        level: Confidence level, in (0, 1).
        resamples: Number of resamples.
        seed: Seed of the draws.

    Raises:
        ValueError: If there are no tasks, tasks and datasets differ in number, tasks differ in
            their channels, or tasks of one target do not have the same items.
    """
    if not len(tasks) == len(datasets) > 0:
        raise ValueError(
            f"a suite has at least 1 task, and each is of one dataset; got {len(tasks)} tasks and "
            f"{len(datasets)} datasets"
        )
    names = sorted(set(datasets))
    groups = [[t for t, d in zip(tasks, datasets, strict=True) if d == name] for name in names]
    observed = [_by_task(observed_means(group)[None])[0].mean(axis=0) for group in groups]
    # Datasets have no items in common, and are drawn apart
    drawn = [_replicates(group, resamples, seed + i) for i, group in enumerate(groups)]
    estimates = np.mean(observed, axis=0)
    fixed, anew = np.mean(drawn, axis=0)
    several = all(len({task.target for task in group}) > 1 for group in groups)
    return [
        SuiteMean(
            percentile_interval(float(estimate), fixed[:, i], level=level),
            percentile_interval(float(estimate), anew[:, i], level=level) if several else None,
            percentile_p(fixed[:, i]),
        )
        for i, estimate in enumerate(estimates)
    ]


def _replicates(
    tasks: Sequence[TaskValues], resamples: int, seed: int
) -> Float[np.ndarray, "2 b channels"]:
    """Return the mean over tasks of each resample: of these tasks, and of targets drawn anew."""
    targets = sorted({task.target for task in tasks})
    members = [[i for i, task in enumerate(tasks) if task.target == name] for name in targets]
    sizes = np.array([len(tasks_of) for tasks_of in members])
    rng = np.random.default_rng(seed)
    fixed, anew = [], []
    for means in resampled_means(tasks, resamples=resamples, rng=rng):
        by_task = _by_task(means)
        fixed.append(by_task.mean(axis=1))
        sums = np.stack([by_task[:, tasks_of].sum(axis=1) for tasks_of in members], axis=1)
        picks = rng.integers(0, len(targets), (len(means), len(targets)))
        # A target drawn twice gets two draws of its seeds and items: those of other resamples.
        rows = (np.arange(len(means))[:, None] + np.arange(len(targets))) % len(means)
        anew.append(sums[rows, picks].sum(axis=1) / sizes[picks].sum(axis=1)[:, None])
    return np.stack([np.concatenate(fixed), np.concatenate(anew)])


def _by_task(
    means: Float[np.ndarray, "b tasks channels classes"],
) -> Float[np.ndarray, "b tasks channels"]:
    return means[..., 0] if means.shape[3] == 1 else np.nanmean(means, axis=3)
