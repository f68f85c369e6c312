"""Select by several scores at once."""

import numpy as np
from jaxtyping import Bool, Real


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
    if len(passed) != len(scores) or scores.shape[1] == 0:
        raise ValueError(
            f"{len(scores)} candidates need at least 1 score each and as many flags; "
            f"got {scores.shape[1]} scores and {len(passed)} flags"
        )
    eligible = np.flatnonzero(passed)
    if len(eligible) == 0:
        return None
    from scipy.stats import rankdata

    lowest = np.where(np.isnan(scores), -np.inf, scores)[eligible]
    # Halves, of which sums are exact: what is equal compares so.
    return int(eligible[rankdata(-lowest, axis=0).sum(1).argmin()])
