"""The few numbers about target predictions that a record keeps to select models later."""

from typing import NamedTuple

import numpy as np
from jaxtyping import Float
from torch import Tensor

from da.validators.float64 import float64


class Summary(NamedTuple):
    """Target predictions of one model, reduced to what selection needs.

    Attributes:
        mean_probabilities: Mean predicted probability of each class.
        mean_entropy: Mean entropy of the predicted distributions, in nats.
        predicted_shares: Share of samples predicted as each class.
    """

    mean_probabilities: Float[np.ndarray, " k"]
    mean_entropy: float
    predicted_shares: Float[np.ndarray, " k"]


def summarize(logits: Float[Tensor, "n k"]) -> Summary:
    """Summarize logits in float64; NaN where there are no samples or a logit is not finite."""
    logits = float64(logits)
    n, k = logits.shape
    log_p = logits.log_softmax(1)
    p = log_p.exp()
    shares = logits.argmax(1).bincount(minlength=k).double() / n
    return Summary(p.mean(0).numpy(), -(p * log_p).sum(1).mean().item(), shares.numpy())
