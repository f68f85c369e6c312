"""What the importance-weighted validators share: losses, weights and when to trust them."""

from typing import Literal

import numpy as np
from jaxtyping import Float, Real
from torch.nn import functional as F

from da.batch import Labeled
from da.validators.float64 import float64
from da.validators.score import status_of, undefined

Risk = Literal["nll", "error"]


def effective_size(weights: Real[np.ndarray, " n"]) -> float:
    """Kish's effective sample size ``(sum w)^2 / sum w^2``, in [1, n]; NaN if all are 0."""
    weights = np.asarray(weights, dtype=np.float64)
    peak = weights.max(initial=0)
    if not peak > 0:
        return float("nan")
    weights = weights / peak  # squares of large weights overflow
    return float(weights.sum() ** 2 / np.square(weights).sum())


def sample_losses(source: Labeled, risk: Risk) -> Float[np.ndarray, " n"]:
    """Loss of each sample: negative log-likelihood in nats, or 1 where the prediction is wrong."""
    logits, labels = float64(source.logits), source.labels.cpu()
    if risk == "error":
        return (logits.argmax(1) != labels).double().numpy()
    return F.cross_entropy(logits, labels, reduction="none").numpy()


def weighted_status(source: Labeled, weights: Real[np.ndarray, "..."]) -> str | None:
    """Return the status of an importance-weighted score.

    It is "too_few" where the weighted samples are worth fewer than 30 equally weighted ones, or
    than a hundredth of their number.

    Raises:
        ValueError: If there is not one weight per source sample.
    """
    n = len(source.logits)
    if weights.shape != (n,):
        # An array of (n, 1) would be broadcast into a table of all pairs.
        raise ValueError(f"{n} source samples need weights of shape ({n},); got {weights.shape}")
    status = status_of(source.logits)
    if undefined(status):
        return status
    if not (np.isfinite(weights).all() and (weights >= 0).all()):
        return "degenerate"
    size = effective_size(weights)
    # Negated, so that weights that are all 0 are too few
    return status if size >= max(30, 0.01 * n) else "too_few"
