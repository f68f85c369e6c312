"""Intervals of ratios: numerator and denominator vary together."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from jaxtyping import Float, Real, Shaped

from da.transfer.bootstrap import (
    PercentileInterval,
    crossed_bootstrap,
    crossed_replicates,
    percentile_interval,
)
from da.transfer.ratios import gap_closed, normalized_gap, transfer_ratio
from da.transfer.recalls import paired
from da.transfer.resampling import TaskValues, observed_means


class RatioIntervals(NamedTuple):
    """Ratios of one task with their intervals; unbounded where the denominator may vanish.

    Attributes:
        gap_closed: See :func:`~da.transfer.gap_closed`.
        normalized_gap: See :func:`~da.transfer.normalized_gap`.
        transfer_ratio: See :func:`~da.transfer.transfer_ratio`, of this one task.
    """

    gap_closed: PercentileInterval
    normalized_gap: PercentileInterval
    transfer_ratio: PercentileInterval


def ratio_intervals(
    adapted: Shaped[np.ndarray, "seeds items"],
    source_only: Shaped[np.ndarray, "seeds items"],
    target_only: Shaped[np.ndarray, "seeds items"] | None,
    *,
    num_classes: int,
    weights: Real[np.ndarray, " items"] | None = None,
    level: float = 0.95,
    resamples: int = 10_000,
    seed: int = 0,
) -> RatioIntervals:
    """Ratios of mean accuracies, by the crossed bootstrap of the ratio itself.

    A resample whose denominator is too small leaves its ratio undefined. If that happens to more
    resamples than a tail holds, the interval is unbounded, as that of Fieller, *Some Problems in
    Interval Estimation*, JRSS B 1954, is.

    Args:
        adapted: Whether the adapted model of each seed is right on each item, or how likely, where
            it guesses.
        source_only: The same of source-only, for the same seeds.
        target_only: The same of target-only, for the same seeds; None if it was not trained, which
            leaves two of the ratios without a value.
        num_classes: Number of classes.
        weights: How much each item counts, mean 1.
        level: Confidence level, in (0, 1).
        resamples: Number of resamples.
        seed: Seed of the draws.

    Raises:
        ValueError: If the three do not have the same seeds and items.
    """

    def ratios(means: Float[np.ndarray, "b 1 channels 1"]) -> Float[np.ndarray, "b 3"]:
        return np.array([of_means(*row) for row in means[:, 0, :, 0].tolist()])

    def of_means(a: float, so: float, to: float = float("nan")) -> tuple[float, float, float]:
        errors = (1 - a) / (1 - to) if 1 - to > 1e-12 else float("nan")
        return gap_closed(a, so, to), normalized_gap(a, so, num_classes=num_classes), errors

    levels = [adapted, source_only, *([] if target_only is None else [target_only])]
    task = TaskValues(paired(*levels), weights=weights)
    replicates = crossed_replicates([task], ratios, resamples=resamples, seed=seed)
    estimates = ratios(observed_means([task])[None])[0].tolist()
    closed, gap, errors = (
        percentile_interval(estimate, replicates[:, i], level=level)
        for i, estimate in enumerate(estimates)
    )
    return RatioIntervals(closed, gap, errors)


def transfer_ratio_interval(
    adapted: Sequence[Shaped[np.ndarray, "seeds items"]],
    in_domain: Sequence[Shaped[np.ndarray, "seeds items"]],
    targets: Sequence[str],
    *,
    weights: Sequence[Real[np.ndarray, " items"] | None] | None = None,
    level: float = 0.95,
    resamples: int = 10_000,
    seed: int = 0,
) -> PercentileInterval:
    """Return :func:`~da.transfer.transfer_ratio` of a suite of tasks with its interval.

    Args:
        adapted: For each task, whether the model of each seed is right on each target item.
        in_domain: For each task, the same of the baseline trained on the labelled target.
        targets: For each task, its target; tasks with one target share its items.
        weights: For each task, how much each item counts, mean 1; equally in all tasks if None.
        level: Confidence level, in (0, 1).
        resamples: Number of resamples.
        seed: Seed of the draws.

    Raises:
        ValueError: If the three differ in length, or models in their seeds and items.
    """

    def ratios(means: Float[np.ndarray, "b tasks 2 1"]) -> Float[np.ndarray, " b"]:
        errors = 1 - means[..., 0]
        return np.array([transfer_ratio(e[:, 0], e[:, 1]) for e in errors])

    tasks = [
        TaskValues(paired(right, ceiling), target=target, weights=counts)
        for right, ceiling, target, counts in zip(
            adapted, in_domain, targets, weights or [None] * len(targets), strict=True
        )
    ]
    return crossed_bootstrap(tasks, ratios, level=level, resamples=resamples, seed=seed)
