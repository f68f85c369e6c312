"""How much two representations of the same samples have in common."""

import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor

from da.losses.precision import full_precision


@full_precision
def subspace_overlap(
    first: Float[Tensor, "n d"], second: Float[Tensor, "n e"]
) -> Float[Tensor, ""]:
    """Mean squared entry of the product of two representations: 0 if they are orthogonal.

    Bousmalis et al., *Domain Separation Networks*, NIPS 2016, Eq. 5, which sums the entries; that
    features are centered and samples then have length 1, and that entries are averaged, is as in
    the authors' code. https://arxiv.org/abs/1608.06019

    Args:
        first: Features of a batch.
        second: Other features of the same samples.

    Returns:
        A scalar in [0, n² / (d e)].
    """
    first, second = (F.normalize(x - x.mean(0), dim=1) for x in (first, second))
    return (first.T @ second).square().mean()
