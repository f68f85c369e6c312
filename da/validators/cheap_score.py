"""The default score for selecting models from stored numbers."""

import numpy as np
from jaxtyping import Real

from da.validators.information import normalized_information


def cheap_score(
    mean_probabilities: Real[np.ndarray, " k"],
    mean_entropy: float,
    target_prior: Real[np.ndarray, " k"],
    source_prior: Real[np.ndarray, " k"],
    *,
    tolerance: float = 0.15,
) -> float:
    """Information maximization, matched to the target prior where that differs from the source's.

    Estimate the target prior once, from source-only, for all candidates of a task: so they are
    scored by the same formula, and no candidate confirms its own predictions.

    Args:
        mean_probabilities: Mean probability of each class over target samples.
        mean_entropy: Mean entropy of target predictions, in nats.
        target_prior: Estimated class prior of the target.
        source_prior: Class prior of the source.
        tolerance: Total variation of the priors up to which target classes count as balanced.

    Returns:
        :func:`normalized_information` without or with the target prior; NaN if not finite.
    """
    target_prior = np.asarray(target_prior, dtype=np.float64)
    variation = np.abs(target_prior - np.asarray(source_prior, dtype=np.float64)).sum() / 2
    if not np.isfinite(variation):
        return float("nan")
    rounding = 1e-12  # so that .65 against .50 is within .15
    prior = target_prior if variation > tolerance + rounding else None
    return normalized_information(mean_probabilities, mean_entropy, prior=prior)
