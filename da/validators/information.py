"""Mutual information of samples and predictions, from two numbers about the predictions."""

import numpy as np
from jaxtyping import Float, Real


def normalized_information(
    mean_probabilities: Real[np.ndarray, " k"],
    mean_entropy: float,
    *,
    prior: Real[np.ndarray, " k"] | None = None,
) -> float:
    """Mutual information over ``log k``, or its variant for a known class prior.

    Without a prior: ``[H(mean p) - mean H(p)] / log k``, in [0, 1]. With one:
    ``[-KL(mean p, prior) - mean H(p)] / log k``, at most 0; for a uniform prior it is the former
    less 1. So scores with and without a prior are not compared.

    Args:
        mean_probabilities: Mean predicted probability of each class.
        mean_entropy: Mean entropy of the predicted distributions, in nats.
        prior: Class prior that the mean prediction should match. A share below a hundredth of
            uniform counts as that: estimated priors are often exactly 0, a softmax never is, and
            an infinite divergence would rank all models alike.

    Returns:
        The score; NaN for one class or for inputs that are not finite.
    """
    mean = np.asarray(mean_probabilities, dtype=np.float64)
    k = len(mean)
    reference = np.ones(k) if prior is None else supported(prior)
    if k < 2 or not np.isfinite([*mean, mean_entropy, *reference]).all():
        return float("nan")
    divergence = float(np.sum(mean * np.log(np.where(mean > 0, mean, 1) / reference)))
    return (-divergence - mean_entropy) / float(np.log(k))


def supported(prior: Real[np.ndarray, " k"]) -> Float[np.ndarray, " k"]:
    """Return the prior with every class at a hundredth of uniform or more, sum 1."""
    prior = np.asarray(prior, dtype=np.float64)
    raised = np.maximum(prior, 0.01 / len(prior))
    return raised / raised.sum()
