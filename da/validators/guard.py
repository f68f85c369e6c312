"""Whether a candidate is sound enough to be selected at all."""

import numpy as np
from jaxtyping import Real


def guarded(
    *,
    source_accuracy: float,
    source_only_accuracy: float,
    mean_probabilities: Real[np.ndarray, " k"],
    predicted_shares: Real[np.ndarray, " k"],
    prior: Real[np.ndarray, " k"],
    tolerance: float = 0.03,
) -> bool:
    """Whether a candidate kept the source and did not collapse on the target.

    It passes if its source accuracy is within the tolerance of source-only's, the entropy of its
    mean target prediction is at least half that of the prior, no class is predicted more than
    three times as often as the most frequent class of the prior, and every number is finite. If
    no candidate passes, select source-only.

    Args:
        source_accuracy: Accuracy of the candidate on held-out source samples, a fraction.
        source_only_accuracy: The same of source-only.
        mean_probabilities: Mean probability of each class over target samples.
        predicted_shares: Share of target samples predicted as each class.
        prior: Estimated class prior of the target.
        tolerance: Largest loss of source accuracy, a fraction.
    """
    mean, shares, prior = (
        np.asarray(a, dtype=np.float64) for a in (mean_probabilities, predicted_shares, prior)
    )
    if not np.isfinite([source_accuracy, source_only_accuracy, *mean, *shares, *prior]).all():
        return False
    rounding = 1e-12  # so that .87 against .90 is within .03
    kept = source_accuracy >= source_only_accuracy - tolerance - rounding
    diverse = _entropy(mean) >= 0.5 * _entropy(prior) - rounding
    spread = shares.max() <= 3 * prior.max() + rounding
    return bool(kept and diverse and spread)


def _entropy(p: np.ndarray) -> float:
    return -float(np.sum(p * np.log(np.where(p > 0, p, 1))))
