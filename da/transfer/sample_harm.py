"""Which items adaptation breaks, over several seeds, and how much of that is mere chance."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Real, Shaped

from da.transfer.paired import Interval, twc
from da.transfer.weights import item_weights


@dataclass(frozen=True)
class SampleHarm:
    """Flips of correctness over seeds and items, as shares in [0, 1].

    Attributes:
        nfr: Negative flips: only the reference is right. The p-value is of no use, since the
            rate is zero for equal predictions alone.
        pfr: Positive flips: only the adapted model is right.
        delta: ``pfr - nfr``, the difference of accuracy.
        churn: Flips from right to wrong between two seeds of the reference itself: what retraining
            alone would break. NaN with one seed.
        always: Share of items that are right with every seed of the reference and wrong with every
            seed of the adapted model.
        by_item: Mean over seeds of reference minus adapted correctness, for each item: 1 where
            adaptation always breaks it, -1 where it always mends it.
    """

    nfr: Interval
    pfr: Interval
    delta: Interval
    churn: float
    always: float
    by_item: Float[np.ndarray, " items"]


def sample_harm(
    adapted: Shaped[np.ndarray, "seeds items"],
    reference: Shaped[np.ndarray, "seeds items"],
    *,
    weights: Real[np.ndarray, " items"] | None = None,
    level: float = 0.95,
) -> SampleHarm:
    """Measure harm item by item, which an unchanged accuracy hides.

    Yan et al., *Positive-Congruent Training: Towards Regression-Free Model Updates*, CVPR 2021.
    https://arxiv.org/abs/2011.09161

    Args:
        adapted: Whether the adapted model of each seed is right on each item, or how likely, where
            it guesses.
        reference: The same of the reference, for the same seeds.
        weights: How much each item counts, mean 1.
        level: Confidence level of the two-way clustered intervals, in (0, 1).

    Raises:
        ValueError: If the two differ in shape or allow no interval.
    """
    if adapted.shape != reference.shape:
        raise ValueError(
            f"paired models have the same seeds and items; got shapes {adapted.shape} and "
            f"{reference.shape}, so keep what both have"
        )
    adapted, reference = adapted.astype(np.float64), reference.astype(np.float64)
    lost, gained = reference * (1 - adapted), adapted * (1 - reference)
    by_item = lost.mean(0) - gained.mean(0)
    share = item_weights(weights, adapted.shape[1]) / adapted.shape[1]
    return SampleHarm(
        nfr=twc(lost, level=level, weights=weights),
        pfr=twc(gained, level=level, weights=weights),
        delta=twc(gained - lost, level=level, weights=weights),
        churn=_churn(reference, share),
        always=float(share @ lost.prod(0)),
        by_item=by_item,
    )


def _churn(correct: Float[np.ndarray, "seeds items"], share: Float[np.ndarray, " items"]) -> float:
    """Return the mean, over ordered pairs of seeds, of right with one and wrong with the other."""
    seeds = len(correct)
    if seeds == 1:
        return float("nan")
    right = correct.sum(0)
    # less the pairs of a seed with itself, where there is more than one answer: it guesses
    itself = (correct * (1 - correct)).sum(0)
    return float(share @ (right * (seeds - right) - itself)) / (seeds * (seeds - 1))
