"""Errors of reconstructed inputs."""

from jaxtyping import Float
from torch import Tensor

from da.losses.precision import full_precision


@full_precision
def scale_invariant_error(
    reconstructed: Float[Tensor, "n ..."], inputs: Float[Tensor, "n ..."]
) -> Float[Tensor, ""]:
    """Mean squared error between pairs of pixels, which a constant added to an image leaves alone.

    Bousmalis et al., *Domain Separation Networks*, NIPS 2016, Eq. 4, after Eigen et al., *Depth Map
    Prediction from a Single Image using a Multi-Scale Deep Network*, NIPS 2014.
    https://arxiv.org/abs/1608.06019

    It is the variance of the differences within each input, averaged over the inputs.

    Args:
        reconstructed: What was drawn of the inputs.
        inputs: The inputs, of the same shape.

    Returns:
        A non-negative scalar.
    """
    return (reconstructed - inputs).flatten(1).var(1, correction=0).mean()
