"""How good a validator is, once accuracies are known."""

from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Float, Real


class Selection(NamedTuple):
    """What selecting the best score of a pool of candidates costs.

    Attributes:
        accuracy: Accuracy of the selected candidate, the mean of those of equal score.
        regret: What the best candidate has more.
        normalized_regret: Regret over what the best has more than the mean of the pool: 1 is
            as good as chance; NaN if all are equal.
        worst_tenth: Probability that the selected one is among the worst tenth of the pool.
        harmful: Probability that it is more than the margin below source-only.
    """

    accuracy: float
    regret: float
    normalized_regret: float
    worst_tenth: float
    harmful: float


def selection(
    scores: Real[np.ndarray, " c"],
    accuracies: Real[np.ndarray, " accuracies"],
    *,
    source_only: float,
    margin: float,
    passed: Bool[np.ndarray, " flags"] | None = None,
) -> Selection:
    """Return what a validator's selection from a pool costs.

    Step within a run, hyper-parameters of a method and methods are three pools, to be reported
    apart. Behind a guard only candidates that pass are selected; where none does, source-only is,
    and the regret is negative if that is better than the whole pool.

    Args:
        scores: Scores of the candidates, in the order of their steps; NaN is not selected, unless
            all are: then the last of those that pass is.
        accuracies: Their accuracies on target test samples, in any unit.
        source_only: Accuracy without adaptation, in the same unit.
        margin: What may be lost without harm, in the same unit; non-negative.
        passed: Whether each is :func:`guarded`; without a guard if None.

    Raises:
        ValueError: If scores and accuracies differ in number or there are none.
    """
    _check(scores, accuracies)
    scores, accuracies = (np.asarray(x, dtype=np.float64) for x in (scores, accuracies))
    eligible = np.ones(len(scores), dtype=bool) if passed is None else passed
    known = eligible & ~np.isnan(scores)
    if known.any():
        chosen = accuracies[known & (scores == scores[known].max())]
    else:
        chosen = accuracies[eligible][-1:] if eligible.any() else np.array([float(source_only)])
    regret = float(accuracies.max() - chosen.mean())
    stake = float(accuracies.max() - accuracies.mean())
    worst = np.partition(accuracies, (len(accuracies) - 1) // 10)[(len(accuracies) - 1) // 10]
    # Where the worst are also the best there is nothing to lose.
    bad = (chosen <= worst) & (chosen < accuracies.max())
    return Selection(
        accuracy=float(chosen.mean()),
        regret=regret,
        normalized_regret=regret / stake if stake > 0 else float("nan"),
        worst_tenth=float(bad.mean()),
        harmful=float((chosen < source_only - margin).mean()),
    )


def weighted_spearman(
    scores: Real[np.ndarray, " c"], accuracies: Real[np.ndarray, " accuracies"]
) -> float:
    """Rank correlation that counts candidates at the top of either ranking most.

    Musgrave, Belongie & Lim, *Three New Validators and a Large-Scale Benchmark Ranking for
    Unsupervised Domain Adaptation*, 2022. https://arxiv.org/abs/2208.07360

    Each candidate has the weight of its higher relative rank, squared. A perfect ranking has 1; the
    reverse of it, not quite -1.

    Args:
        scores: Scores of the candidates; what is not finite counts as the lowest that is.
        accuracies: Their accuracies on target test samples.

    Returns:
        A value in [-1, 1]; NaN if no score is finite, or all scores or all accuracies are equal.

    Raises:
        ValueError: If scores and accuracies differ in number or there are none.
    """
    _check(scores, accuracies)
    scores, accuracies = (np.asarray(x, dtype=np.float64) for x in (scores, accuracies))
    finite = np.isfinite(scores)
    if not finite.any():
        return float("nan")
    scores = np.where(finite, scores, scores[finite].min())
    weights = np.maximum(_relative_ranks(scores), _relative_ranks(accuracies)) ** 2
    first, second = _weighted_ranks(scores, weights), _weighted_ranks(accuracies, weights)
    if np.ptp(first) == 0 or np.ptp(second) == 0:
        return float("nan")
    first = first - np.average(first, weights=weights)
    second = second - np.average(second, weights=weights)
    spread = (weights @ first**2) * (weights @ second**2)
    return float((weights * first) @ second / np.sqrt(spread))


def _relative_ranks(values: Float[np.ndarray, " c"]) -> Float[np.ndarray, " c"]:
    distinct, place = np.unique(values, return_inverse=True)
    return (place + 1) / len(distinct)


def _weighted_ranks(
    values: Float[np.ndarray, " c"], weights: Float[np.ndarray, " c"]
) -> Float[np.ndarray, " c"]:
    """Weight of all lower values, plus that of the middle of those that are equal."""
    _, place, counts = np.unique(values, return_inverse=True, return_counts=True)
    groups = np.bincount(place, weights)
    return (np.cumsum(groups) - groups + (counts + 1) / 2 * groups / counts)[place]


def _check(scores: np.ndarray, accuracies: np.ndarray) -> None:
    if not len(scores) == len(accuracies) > 0:
        raise ValueError(
            f"a pool has as many scores as accuracies, at least 1; got {len(scores)} scores and "
            f"{len(accuracies)} accuracies"
        )
