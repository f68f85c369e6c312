"""The problem as three types: what training sees of the source and of the target."""

from typing import NamedTuple

from jaxtyping import Float, Int
from torch import Tensor
from typing_extensions import NotRequired, TypedDict


class Batch(TypedDict):
    """Inputs of both domains, as a data module yields them; the target has no labels to leak.

    The strongly augmented view of the target, sample by sample, is there if the data's option
    ``strong`` asks for it.
    """

    source: tuple[Tensor, Tensor]  # inputs, labels
    target: Tensor  # inputs
    target_strong: NotRequired[Tensor]  # inputs


class Labeled(NamedTuple):
    """Features and logits of source samples, and their labels."""

    features: Float[Tensor, "n d"]
    logits: Float[Tensor, "n k"]
    labels: Int[Tensor, " n"]


class Unlabeled(NamedTuple):
    """Features and logits of target samples."""

    features: Float[Tensor, "n d"]
    logits: Float[Tensor, "n k"]
