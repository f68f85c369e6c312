"""Predicted probabilities, for losses of them."""

from jaxtyping import Float
from torch import Tensor

from da.losses.precision import full_precision


@full_precision
def class_probabilities(logits: Float[Tensor, "n k"]) -> Float[Tensor, "n k"]:
    """Softmax over the classes, not in half precision, where a confident one is exactly 1."""
    return logits.softmax(1)
