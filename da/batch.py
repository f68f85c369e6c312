"""The problem as three types: what training sees of the source and of the target."""

from typing import NamedTuple, TypedDict

from jaxtyping import Float, Int
from torch import Tensor
from typing_extensions import NotRequired


class Batch(TypedDict):
    """Inputs of both domains, as a data module yields them; the target has no labels to leak."""

    source: tuple[Tensor, Tensor]  # inputs, labels
    target: Tensor  # inputs
    target_strong: NotRequired[Tensor]  # the same inputs, strongly augmented, where asked for


class Labeled(NamedTuple):
    """Features and logits of source samples, and their labels."""

    features: Float[Tensor, "n d"]
    logits: Float[Tensor, "n k"]
    labels: Int[Tensor, " n"]


class Unlabeled(NamedTuple):
    """Features and logits of target samples."""

    features: Float[Tensor, "n d"]
    logits: Float[Tensor, "n k"]
