"""Nuclear norm of a batch of predictions: large if they are certain and diverse."""

import torch
from jaxtyping import Float
from torch import Tensor

from da.losses.precision import full_precision


@full_precision
def nuclear_norm(logits: Float[Tensor, "m k"]) -> Float[Tensor, ""]:
    """Sum of the singular values of the batch's probabilities, over the batch size.

    Cui et al., *Towards Discriminability and Diversity: Batch Nuclear-norm Maximization under Label
    Insufficient Situations*, CVPR 2020, Eq. 9. https://arxiv.org/abs/2003.12237

    Args:
        logits: Logits of the samples.

    Returns:
        A scalar; for ``m >= k`` from ``1 / sqrt(m k)`` for uniform predictions over
        ``1 / sqrt(m)`` for one certain class to ``sqrt(k / m)`` for certain and balanced ones, so
        values are compared at one batch size.
    """
    probabilities = logits.softmax(1)
    # The decomposition refuses what is not finite; added as zero, it makes the norm so as well.
    values = torch.linalg.svdvals(probabilities.nan_to_num())
    return (values.sum() + 0 * probabilities.sum()) / len(logits)


@full_precision
def fast_nuclear_norm(logits: Float[Tensor, "m k"]) -> Float[Tensor, ""]:
    """Sum of the ``min(m, k)`` largest column norms of the probabilities, over the batch size.

    Cui et al., *Fast Batch Nuclear-norm Maximization and Minimization for Robust Domain
    Adaptation*, 2021. https://arxiv.org/abs/2107.06154

    The columns of certain predictions are orthogonal, and their norms are the singular values.

    Args:
        logits: Logits of the samples.
    """
    norms = torch.linalg.vector_norm(logits.softmax(1), dim=0)
    return norms.topk(min(logits.shape)).values.sum() / len(logits)
