"""How much each test item counts."""

import numpy as np
from jaxtyping import Float, Real


def item_weights(weights: Real[np.ndarray, " items"] | None, size: int) -> Float[np.ndarray, " n"]:
    """Return float64 weights of exactly mean 1; equal weights for None.

    Args:
        weights: One non-negative weight per item, of mean 1 up to rounding.
        size: Number of items.

    Raises:
        ValueError: If a weight is missing, negative or not finite, or their mean is not 1.
    """
    if weights is None:
        return np.ones(size)
    weights = np.asarray(weights, dtype=np.float64)
    if weights.shape != (size,):
        raise ValueError(f"{size} items need {size} weights; got an array of {weights.shape}")
    # Negated, so that NaN fails too; the tolerance admits weights normalised in float32.
    if not (np.all(weights >= 0) and abs(weights.mean() - 1) <= 1e-4):
        raise ValueError(
            f"item weights are non-negative with mean 1; got minimum {weights.min():.4g} and mean "
            f"{weights.mean():.4g}, so divide them by their mean"
        )
    return weights / weights.mean()
