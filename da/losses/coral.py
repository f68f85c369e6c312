"""Deep CORAL: match second-order statistics."""

from jaxtyping import Float
from torch import Tensor

from da.losses.precision import full_precision


@full_precision
def coral(source: Float[Tensor, "n d"], target: Float[Tensor, "m d"]) -> Float[Tensor, ""]:
    """Squared Frobenius distance between the two feature covariances.

    Sun & Saenko, *Deep CORAL: Correlation Alignment for Deep Domain Adaptation*, ECCV Workshops
    2016, Eq. 1. https://arxiv.org/abs/1607.01719

    The covariances are centred before they are multiplied: the paper's one-pass form (Eq. 2)
    cancels in float32 when the mean is large.

    Args:
        source: Source features.
        target: Target features; the batch may have another size.

    Returns:
        A non-negative scalar, divided by ``4 d**2``.

    Raises:
        ValueError: If a batch has fewer than two rows.
    """
    if min(len(source), len(target)) < 2:
        raise ValueError(
            f"a covariance needs at least 2 samples; got {len(source)} source and "
            f"{len(target)} target samples; choose a larger batch"
        )
    return (source.T.cov() - target.T.cov()).square().sum() / (4 * source.shape[1] ** 2)
