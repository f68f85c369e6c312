"""The largest singular values of features, which carry little but transferability."""

import torch
from jaxtyping import Float
from torch import Tensor

from da.losses.precision import full_precision


@full_precision
def batch_spectral_penalty(
    source: Float[Tensor, "n d"], target: Float[Tensor, "m d"], *, count: int = 1
) -> Float[Tensor, ""]:
    """Sum of the squares of the largest singular values of both batches of features.

    Chen et al., *Transferability vs. Discriminability: Batch Spectral Penalization for Adversarial
    Domain Adaptation*, ICML 2019, Eq. 6. https://proceedings.mlr.press/v97/chen19i.html

    It grows with the batch size and with the square of the features.

    Args:
        source: Source features.
        target: Target features; the batch may have another size.
        count: How many singular values of each batch are penalized; at least 1.

    Returns:
        A non-negative scalar.

    Raises:
        ValueError: If no singular value would be penalized.
    """
    if count < 1:
        raise ValueError(f"at least 1 singular value is penalized; got count={count}")
    values = (torch.linalg.svdvals(batch)[:count] for batch in (source, target))
    return sum((v.square().sum() for v in values), source.new_zeros(()))
