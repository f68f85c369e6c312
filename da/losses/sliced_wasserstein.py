"""Sliced Wasserstein distance."""

import torch
from jaxtyping import Float
from torch import Tensor

from da.losses.precision import full_precision


@full_precision
def sliced_wasserstein(
    first: Float[Tensor, "n d"], second: Float[Tensor, "n d"], directions: Float[Tensor, "d p"]
) -> Float[Tensor, ""]:
    """Mean squared Wasserstein distance between projections of two samples on directions.

    Bonneel et al., *Sliced and Radon Wasserstein Barycenters of Measures*, Journal of Mathematical
    Imaging and Vision 2015. On a line, the best plan joins the samples in their order.

    Args:
        first: Rows of one sample.
        second: As many rows of the other.
        directions: Unit vectors, one a column; see :func:`random_directions`.

    Returns:
        A non-negative scalar.
    """
    difference = (first @ directions).sort(0).values - (second @ directions).sort(0).values
    return difference.square().mean()


def random_directions(
    d: int, p: int, generator: torch.Generator | None = None
) -> Float[Tensor, "d p"]:
    """Draw directions uniformly from the sphere, on the CPU."""
    return torch.nn.functional.normalize(torch.randn(d, p, generator=generator), dim=0)
