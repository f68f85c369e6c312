"""Which methods of a table differ, pair by pair."""

import numpy as np
from jaxtyping import Bool, Float, Real

from da.transfer.signed_rank import wilcoxon
from da.transfer.significance import holm


def pairwise(scores: Real[np.ndarray, "tasks methods"]) -> Float[np.ndarray, "methods methods"]:
    """Compare all pairs of methods by the signed-rank test, corrected by Holm.

    Benavoli, Corani & Mangili, *Should We Really Use Post-Hoc Tests Based on Mean-Ranks?*, JMLR
    2016, https://jmlr.org/papers/v17/benavoli16a.html: a pair is compared by its own scores,
    whatever other methods there are.

    Args:
        scores: Mean over seeds of each method on each task; higher is better.

    Returns:
        Adjusted two-sided p-values; 1 on the diagonal. With six tasks and ten methods none can
        fall to .05.

    Raises:
        ValueError: If there are fewer than two methods, no task, or a score is not finite.
    """
    if scores.ndim != 2 or scores.shape[1] < 2 or len(scores) == 0:
        raise ValueError(
            f"a comparison needs at least 2 methods on at least 1 task; got shape {scores.shape}"
        )
    first, second = np.triu_indices(scores.shape[1], 1)
    p = holm(
        np.array(
            [wilcoxon(scores[:, i] - scores[:, j]).p for i, j in zip(first, second, strict=True)]
        )
    )
    table = np.ones((scores.shape[1],) * 2)
    table[first, second] = table[second, first] = p
    return table


def among_best(
    scores: Real[np.ndarray, "tasks methods"], *, alpha: float = 0.05
) -> Bool[np.ndarray, " methods"]:
    """Mark the methods that are not separated from the one of the highest mean score.

    A table that sets the highest number alone in bold claims a difference that it did not test.

    Args:
        scores: Mean over seeds of each method on each task; higher is better.
        alpha: Error rate of the family of all pairs, in (0, 1).

    Raises:
        ValueError: If scores are not comparable, or alpha is outside (0, 1).
    """
    if not 0 < alpha < 1:
        raise ValueError(f"an error rate is in (0, 1); got alpha={alpha}")
    return pairwise(scores)[scores.mean(0).argmax()] > alpha
