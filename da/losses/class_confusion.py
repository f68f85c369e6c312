"""How much predictions confuse classes with each other."""

import torch
from jaxtyping import Float
from torch import Tensor

from da.losses.entropy import entropy
from da.losses.precision import full_precision


@full_precision
def class_confusion(logits: Float[Tensor, "m k"], *, temperature: float = 2.5) -> Float[Tensor, ""]:
    """Mean share of a class's probability mass that it has in common with the other classes.

    Jin et al., *Minimum Class Confusion for Versatile Domain Adaptation*, ECCV 2020, Eq. 2-6.
    https://arxiv.org/abs/1912.03699

    Certain samples count more; no gradient flows through that weight.

    Args:
        logits: Logits of the samples.
        temperature: Divides the logits; positive. Above 1, it lowers the confidence.

    Returns:
        A scalar in [0, 1 - 1 / k].

    Raises:
        ValueError: If the temperature is not positive.
    """
    if not temperature > 0:
        raise ValueError(f"a temperature is positive; got {temperature}")
    logits = logits / temperature
    probabilities = logits.softmax(1)
    certainty = 1 + torch.exp(-entropy(logits.detach()))
    certainty = certainty / certainty.mean()
    confusion = probabilities.T @ (certainty[:, None] * probabilities)
    confusion = confusion / confusion.sum(1, keepdim=True).clamp_min(1e-12)
    return (confusion.sum() - confusion.trace()) / len(confusion)
