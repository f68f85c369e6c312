"""Does a difference hold across tasks? Exact, by the ranks of the differences."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from jaxtyping import Float, Real
from scipy import stats


class SignedRank(NamedTuple):
    """Wilcoxon's test of paired differences.

    Attributes:
        statistic: Smaller of the rank sums of positive and negative differences.
        p: Exact two-sided p-value that differences are symmetric about zero.
    """

    statistic: float
    p: float


def wilcoxon(differences: Real[np.ndarray, " n"]) -> SignedRank:
    """Exact signed-rank test, with zeros and ties.

    Wilcoxon, *Individual Comparisons by Ranking Methods*, Biometrics Bulletin 1945.
    https://doi.org/10.2307/3001968
    Pratt, *Remarks on Zeros and Ties in the Wilcoxon Signed Rank Procedures*, JASA 1959: zeros
    take part in the ranking and then drop out. https://doi.org/10.1080/01621459.1959.10501526

    The p-value counts all signs of the ranks at hand and is never below ``2 / 2**n``: five tasks
    cannot reach .05. Tasks that share a domain depend on each other, so give also the p-value of
    :func:`target_means`.

    Args:
        differences: One mean over seeds per task.

    Raises:
        ValueError: If there are no differences or one is not finite.
    """
    d = np.asarray(differences, dtype=np.float64)
    if d.size == 0 or not np.isfinite(d).all():
        raise ValueError(f"the signed-rank test takes finite differences, at least 1; got {d}")
    # Differences such as .3 - .2 and .2 - .1 are ties that rounding has parted.
    magnitude = np.round(np.abs(d) / max(np.abs(d).max(), 1e-300), 12)
    doubled = np.round(2 * stats.rankdata(magnitude)).astype(int)  # tied ranks end in one half
    positive, negative = (int(doubled[s & (magnitude > 0)].sum()) for s in (d > 0, d < 0))
    ways = np.ones(1)  # share of sign patterns by the sum of positive ranks
    for rank in doubled[magnitude > 0]:
        longer = np.zeros(len(ways) + rank)
        longer[: len(ways)] += ways / 2
        longer[rank:] += ways / 2
        ways = longer
    smaller = min(positive, negative)
    return SignedRank(smaller / 2, min(1.0, 2 * float(ways[: smaller + 1].sum())))


def target_means(
    differences: Real[np.ndarray, " tasks"], targets: Sequence[str]
) -> Float[np.ndarray, " targets"]:
    """Average the tasks of each target, which share its items and are not independent.

    Args:
        differences: One difference per task.
        targets: The target of each task.

    Returns:
        One mean per target, by name.

    Raises:
        ValueError: If tasks and targets differ in number.
    """
    if len(differences) != len(targets):
        raise ValueError(
            f"each task has its target; got {len(differences)} differences and {len(targets)} "
            f"targets"
        )
    names = np.asarray(targets)
    return np.array([np.mean(differences[names == name]) for name in np.unique(names)])
