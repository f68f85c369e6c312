"""Central moment discrepancy."""

import torch
from jaxtyping import Float
from torch import Tensor

from da.losses.precision import full_precision


@full_precision
def central_moments(
    source: Float[Tensor, "n d"],
    target: Float[Tensor, "m d"],
    *,
    orders: int = 5,
    span: float = 1.0,
) -> Float[Tensor, ""]:
    """Distances of the means and of the central moments of each feature, summed over the orders.

    Zellinger et al., *Central Moment Discrepancy (CMD) for Domain-Invariant Representation
    Learning*, ICLR 2017, Definition 2. https://arxiv.org/abs/1702.08811

    It looks at each feature alone: unlike a covariance, it depends on the axes.

    Args:
        source: Source features, in an interval of the width ``span``.
        target: Target features; the batch may have another size.
        orders: Highest order of the moments; at least 1.
        span: Width of the interval that the features lie in; positive.

    Returns:
        A non-negative scalar.

    Raises:
        ValueError: If there is no order or the span is not positive.
    """
    if orders < 1 or not span > 0:
        raise ValueError(
            f"moments have an order of 1 at least and features a positive span; "
            f"got orders={orders}, span={span}"
        )
    source_mean, target_mean = source.mean(0), target.mean(0)
    source_centred, target_centred = source - source_mean, target - target_mean
    # A norm, unlike a root of a sum, has a gradient at zero.
    terms = [torch.linalg.vector_norm(source_mean - target_mean) / span]
    for k in range(2, orders + 1):
        difference = (source_centred**k).mean(0) - (target_centred**k).mean(0)
        terms.append(torch.linalg.vector_norm(difference) / span**k)
    return torch.stack(terms).sum()
