"""Select by several scores at once."""

import numpy as np
from jaxtyping import Bool, Float, Real


def mean_ranks(
    scores: Real[np.ndarray, "c f"], passed: Bool[np.ndarray, " flags"]
) -> Float[np.ndarray, " c"]:
    """Negative mean rank of each candidate over several scores, among those that pass the guard.

    Args:
        scores: Scores of the candidates; higher is better. NaN, as of a score with no value, ranks
            below all others.
        passed: Whether each is :func:`guarded`.

    Returns:
        At most -1, higher is better; NaN for those that do not pass.

    Raises:
        ValueError: If candidates and flags differ in number, or there is no score.
    """
    if len(passed) != len(scores) or scores.shape[1] == 0:
        raise ValueError(
            f"{len(scores)} candidates need at least 1 score each and as many flags; "
            f"got {scores.shape[1]} scores and {len(passed)} flags"
        )
    from scipy.stats import rankdata

    means = np.full(len(scores), np.nan)
    if passed.any():
        lowest = np.where(np.isnan(scores), -np.inf, scores)[passed]
        # Sums of halves are exact, and divided alike: what is equal compares so.
        means[passed] = -rankdata(-lowest, axis=0).sum(1) / scores.shape[1]
    return means


def borda(scores: Real[np.ndarray, "c f"], passed: Bool[np.ndarray, " flags"]) -> int | None:
    """Candidate with the best mean rank over several scores, among those that pass the guard.

    Give one score of each family, that none counts several times: confidence and diversity of the
    predictions (:func:`information_maximization`), clusters of the features (:func:`class_ami`),
    weighted source risk (:func:`self_normalized_iwcv`), agreement (:func:`ensv`).

    Args:
        scores: Scores of the candidates, in the order of their steps; higher is better. NaN, as of
            a score with no value, ranks below all others.
        passed: Whether each is :func:`guarded`.

    Returns:
        Its index, the earliest of several with the same mean rank; None if none passes, so that
        source-only is to be selected.

    Raises:
        ValueError: If candidates and flags differ in number, or there is no score.
    """
    means = mean_ranks(scores, passed)
    return None if np.isnan(means).all() else int(np.nanargmax(means))
