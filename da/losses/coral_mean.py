"""Means and covariances: the CORAL of several benchmarks."""

from jaxtyping import Float
from torch import Tensor

from da.losses.coral import coral
from da.losses.precision import full_precision


@full_precision
def coral_mean(source: Float[Tensor, "n d"], target: Float[Tensor, "m d"]) -> Float[Tensor, ""]:
    """Mean squared difference of the means plus that of the covariances.

    What Gulrajani & Lopez-Paz, *In Search of Lost Domain Generalization*, ICLR 2021, and other
    codes call CORAL. https://arxiv.org/abs/2007.01434
    It is four times :func:`coral` plus ``|mean_s - mean_t|^2 / d``: weights do not carry over.

    Args:
        source: Source features.
        target: Target features; the batch may have another size.

    Raises:
        ValueError: If a batch has fewer than two rows.
    """
    return 4 * coral(source, target) + (source.mean(0) - target.mean(0)).square().mean()
