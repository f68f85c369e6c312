"""Differences of macro and of worst-class recall, with intervals."""

from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Float, Integer, Shaped

from da.transfer.bootstrap import PercentileInterval, crossed_replicates, percentile_interval
from da.transfer.resampling import TaskValues, observed_means


class RecallDifferences(NamedTuple):
    """Differences of recall, adapted minus reference, as fractions.

    Attributes:
        macro: Of the mean recall over the classes that have items.
        worst: Of the lowest recall of any class; that class may differ between the two.
    """

    macro: PercentileInterval
    worst: PercentileInterval


def recall_differences(
    labels: Integer[np.ndarray, " items"],
    adapted: Bool[np.ndarray, "seeds items"],
    reference: Bool[np.ndarray, "seeds items"],
    *,
    level: float = 0.95,
    resamples: int = 10_000,
    seed: int = 0,
) -> RecallDifferences:
    """Compare recalls by the crossed bootstrap, with the size of each class kept.

    Accuracy follows the majority where classes are unbalanced; these two do not.

    Args:
        labels: True class of each item.
        adapted: Whether the adapted model of each seed is right on each item.
        reference: The same of the reference, such as source-only, for the same seeds.
        level: Confidence level, in (0, 1).
        resamples: Number of resamples.
        seed: Seed of the draws.

    Raises:
        ValueError: If the two do not have the same seeds and items, or labels do not match.
    """
    task = TaskValues(paired(adapted, reference), labels=labels)
    replicates = crossed_replicates([task], _differences, resamples=resamples, seed=seed)
    estimates = _differences(observed_means([task])[None])[0]
    return RecallDifferences(
        percentile_interval(float(estimates[0]), replicates[:, 0], level=level),
        percentile_interval(float(estimates[1]), replicates[:, 1], level=level),
    )


def paired(
    *correct: Shaped[np.ndarray, "seeds items"],
) -> Float[np.ndarray, "channels seeds items"]:
    """Stack the correctness of models that share seeds and items.

    Raises:
        ValueError: If the shapes differ.
    """
    if len({array.shape for array in correct}) > 1:
        raise ValueError(
            f"paired models have the same seeds and items; got shapes "
            f"{[array.shape for array in correct]}, so keep what all of them have"
        )
    return np.stack(correct).astype(np.float64)


def _differences(recalls: Float[np.ndarray, "b 1 2 classes"]) -> Float[np.ndarray, "b 2"]:
    adapted, reference = recalls[:, 0, 0], recalls[:, 0, 1]
    macro = np.nanmean(adapted, axis=1) - np.nanmean(reference, axis=1)
    worst = np.nanmin(adapted, axis=1) - np.nanmin(reference, axis=1)
    return np.stack([macro, worst], axis=1)
