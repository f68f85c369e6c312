"""What to compare adaptation with: each reference answers another question."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Real

from da.transfer.paired import Interval, twc


@dataclass(frozen=True)
class Differences:
    """Differences of accuracy, adapted minus each reference, as fractions.

    Attributes:
        source_only: Did adaptation hurt? The primary difference.
        source_only_adabn: Did the loss of the method hurt, beyond the target's batch statistics?
        target_only: Should one have transferred at all, given so many target labels per class?
            By that number, None meaning all labels.
        chance: Is it better than always predicting the most frequent class?
    """

    source_only: Interval
    source_only_adabn: Interval | None
    target_only: Mapping[int | None, Interval]
    chance: Interval


def chance_level(prior: Real[np.ndarray, " k"]) -> float:
    """Accuracy of always predicting the most frequent class: never less than that of guessing.

    Args:
        prior: Share of each class in the target.

    Raises:
        ValueError: If the shares are not a distribution.
    """
    prior = np.asarray(prior, dtype=np.float64)
    if len(prior) == 0 or np.any(prior < 0) or not abs(prior.sum() - 1) <= 1e-6:
        raise ValueError(f"shares of classes are at least 0 and sum to 1; got {prior.tolist()}")
    return float(prior.max())


def differences_from_references(
    adapted: Bool[np.ndarray, "seeds items"],
    source_only: Bool[np.ndarray, "seeds items"],
    *,
    chance: float,
    source_only_adabn: Bool[np.ndarray, "seeds items"] | None = None,
    target_only: Mapping[int | None, Bool[np.ndarray, "seeds items"]] | None = None,
    weights: Real[np.ndarray, " items"] | None = None,
    level: float = 0.95,
) -> Differences:
    """Compare adaptation with every reference on the same seeds and items.

    The difference from target-only is the negative transfer gap of Wang et al., *Characterizing
    and Avoiding Negative Transfer*, CVPR 2019 (https://arxiv.org/abs/1811.09751), with its sign
    turned, at a budget of target labels. Without target labels that reference is chance, which
    is too easy: hence source-only.

    Args:
        adapted: Whether the adapted model of each seed is right on each item.
        source_only: The same of training on the source alone.
        chance: Accuracy without looking at the inputs; see :func:`chance_level`.
        source_only_adabn: The same of source-only with the batch statistics of the target.
        target_only: The same of training on the target alone, by labels per class; None for all.
        weights: How much each item counts, mean 1.
        level: Confidence level of the two-way clustered intervals, in (0, 1).

    Raises:
        ValueError: If a reference has other seeds or items, or chance is outside [0, 1].
    """
    if not 0 <= chance <= 1:
        raise ValueError(f"chance is an accuracy in [0, 1]; got {chance}")

    def against(name: str, reference: Bool[np.ndarray, "s n"]) -> Interval:
        if reference.shape != adapted.shape:
            raise ValueError(
                f"{name} needs the seeds and items of the adapted model, {adapted.shape}; got "
                f"{reference.shape}"
            )
        return twc(adapted * 1.0 - reference, level=level, weights=weights)

    return Differences(
        source_only=against("source-only", source_only),
        source_only_adabn=None
        if source_only_adabn is None
        else against("source-only with AdaBN", source_only_adabn),
        target_only={
            labels: against(f"target-only({labels or 'all'})", reference)
            for labels, reference in (target_only or {}).items()
        },
        chance=twc(adapted - chance, level=level, weights=weights),
    )
