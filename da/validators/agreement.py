"""How often two predictions of the same samples agree."""

from jaxtyping import Float
from torch import Tensor


def agreement(first: Float[Tensor, "n k"], second: Float[Tensor, "n k"]) -> float:
    """Share of samples for which both logits are largest for the same class."""
    return (first.argmax(1).cpu() == second.argmax(1).cpu()).double().mean().item()


def check_same_samples(name: str, logits: Tensor, expected: Tensor) -> None:
    """Raise a ValueError unless the logits are of as many samples and classes as expected."""
    if logits.shape != expected.shape:
        raise ValueError(
            f"{name} are of the same samples and classes, in the same order, so of shape "
            f"{tuple(expected.shape)}; got {tuple(logits.shape)}"
        )
