"""How much a sample counts for the certainty of its prediction."""

import torch
from jaxtyping import Float
from torch import Tensor

from da.losses.precision import full_precision


@full_precision
def row_entropies(logits: Float[Tensor, "n k"]) -> Float[Tensor, " n"]:
    """Shannon entropy of each prediction, in nats; in [0, log k]."""
    logarithms = logits.log_softmax(1)
    return -(logarithms.exp() * logarithms).sum(1)


@torch.no_grad()
def certainty_weights(logits: Float[Tensor, "n k"]) -> Float[Tensor, " n"]:
    """Weight ``1 + exp(-H)`` of each sample, where ``H`` is the entropy of its prediction.

    Long et al., *Conditional Adversarial Domain Adaptation*, NeurIPS 2018, Sec. 3.3.
    https://arxiv.org/abs/1705.10667

    No gradient flows through the weights.

    Args:
        logits: Logits of the classes.

    Returns:
        Weights in (1, 2], which are not normalized.
    """
    return 1 + torch.exp(-row_entropies(logits))
