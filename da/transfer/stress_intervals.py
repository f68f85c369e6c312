"""Intervals of the scores of a stress curve."""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from jaxtyping import Float, Integer, Real

from da.transfer.bootstrap import PercentileInterval, crossed_replicates, percentile_interval
from da.transfer.resampling import TaskValues, observed_means
from da.transfer.stress import aurc, break_even, harm, worst


class StressScores(NamedTuple):
    """Scores of one method on one axis, as fractions; break-even in the unit of the levels.

    Attributes:
        aurc: Area under the curve of differences.
        harm: Area below zero.
        break_even: First strength at which the loss matters; infinity for never.
        worst: Lowest difference at any level.
    """

    aurc: PercentileInterval
    harm: PercentileInterval
    break_even: PercentileInterval
    worst: PercentileInterval


class OverallHarm(NamedTuple):
    """Harm over several axes.

    Attributes:
        mean: Mean over the axes.
        worst: Of the worst axis.
        axis: That axis.
    """

    mean: float
    worst: float
    axis: str


def stress_scores(
    levels: Real[np.ndarray, " levels"],
    differences: Real[np.ndarray, "levels seeds items"],
    *,
    labels: Integer[np.ndarray, " items"] | None = None,
    priors: Real[np.ndarray, "levels k"] | None = None,
    materiality: float = 0.01,
    level: float = 0.95,
    resamples: int = 10_000,
    seed: int = 0,
) -> StressScores:
    """Score a stress curve by the crossed bootstrap, with seeds and items shared by its levels.

    On an axis of label shift the same items are scored under another prior at each level, as the
    sum over classes of prior times recall: exact, and of less variance than a subsample.

    Harm, break-even and the worst level are bent by noise towards harm, the more the noisier the
    differences are: a curve that is zero throughout has a positive harm in every sample. Compare
    with the harm of a second run of source-only rather than with zero.

    Args:
        levels: Strength of the shift, rising.
        differences: Correctness of adapted minus source-only, at each level, of each seed on each
            item.
        labels: True class of each item, to keep the size of each class and for ``priors``.
        priors: Share of each class at each level; classes of no share may be absent.
        materiality: Smallest loss that matters, as a fraction; for break-even.
        level: Confidence level, in (0, 1).
        resamples: Number of resamples.
        seed: Seed of the draws.

    Raises:
        ValueError: If levels do not rise or do not match, or priors are given without labels or
            not one for each level and class.
    """
    levels = np.asarray(levels, np.float64)
    task = TaskValues(differences, labels=labels)
    shares = _shares(task, priors)

    def scores(means: Float[np.ndarray, "b 1 levels classes"]) -> Float[np.ndarray, "b 4"]:
        delta = (np.where(shares > 0, means[:, 0], 0) * shares).sum(-1)
        turn = break_even(levels, delta, materiality=materiality)
        return np.stack([aurc(levels, delta), harm(levels, delta), turn, worst(delta)], axis=1)

    estimates = scores(observed_means([task])[None])[0]
    replicates = crossed_replicates([task], scores, resamples=resamples, seed=seed)
    return StressScores(
        *(
            percentile_interval(float(estimate), column, level=level)
            for estimate, column in zip(estimates, replicates.T, strict=True)
        )
    )


def overall_harm(harms: Mapping[str, float]) -> OverallHarm:
    """Summarise the harm of a method on several axes.

    Args:
        harms: Harm on each axis, all on levels in [0, 1].

    Raises:
        ValueError: If there is no axis.
    """
    if not harms:
        raise ValueError("overall harm needs at least 1 axis; got none")
    axis = max(harms, key=lambda name: harms[name])
    return OverallHarm(float(np.mean(list(harms.values()))), harms[axis], axis)


def _shares(
    task: TaskValues, priors: Real[np.ndarray, "levels k"] | None
) -> Float[np.ndarray, "levels classes"]:
    """Return how much the mean of each class counts at each level."""
    if task.labels is None:
        if priors is not None:
            raise ValueError("priors weigh classes; got no labels, so pass labels too")
        return np.ones((len(task.values), 1))
    counts = np.bincount(task.labels)
    if priors is None:
        return np.tile(counts / counts.sum(), (len(task.values), 1))
    priors = np.asarray(priors, np.float64)
    missing = np.ones(priors.shape[1], bool)
    missing[: len(counts)] = counts[: priors.shape[1]] == 0
    if len(priors) != len(task.values) or priors.shape[1] < len(counts):
        raise ValueError(
            f"priors have one row per level and one column per class; got {priors.shape} for "
            f"{len(task.values)} levels and {len(counts)} classes"
        )
    if np.any(priors < 0) or np.any(np.abs(priors.sum(1) - 1) > 1e-6) or priors[:, missing].any():
        raise ValueError(
            "priors are at least 0, sum to 1 at each level and give no share to a class without "
            f"items; got {priors.tolist()} for {counts.tolist()} items"
        )
    return priors[:, : len(counts)]
