"""Moments of higher order."""

import torch
from jaxtyping import Float
from torch import Tensor

from da.losses.precision import full_precision


@full_precision
def moment_tensors(
    source: Float[Tensor, "n d"], target: Float[Tensor, "m d"], *, order: int = 3
) -> Float[Tensor, ""]:
    """Squared distance between the domains' mean tensor powers of the features, over ``d**order``.

    Chen et al., *HoMM: Higher-order Moment Matching for Unsupervised Domain Adaptation*, AAAI 2020.
    https://arxiv.org/abs/1912.11976

    A tensor has ``d**order`` entries, of which the paper draws a thousand; none is drawn here. The
    inner product of two tensor powers is a power of the inner product, so that the exact value
    needs one matrix of the batch.

    Args:
        source: Source features.
        target: Target features; the batch may have another size.
        order: Order of the moment; at least 1. Order 1 is that of the means.

    Returns:
        A non-negative scalar, up to rounding.

    Raises:
        ValueError: If the order is below 1.
    """
    if order < 1:
        raise ValueError(f"a moment has order 1 at least; got order={order}")
    n, d = source.shape
    points = torch.cat([source, target])
    # Divided before the power: d**order alone would overflow in float32 for wide features.
    products = (points @ points.T / d) ** order
    return products[:n, :n].mean() + products[n:, n:].mean() - 2 * products[:n, n:].mean()
