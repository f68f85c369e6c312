"""How much a bridge contributes."""

from jaxtyping import Float
from torch import Tensor

from da.losses.precision import full_precision


@full_precision
def bridge_size(bridge: Float[Tensor, "..."]) -> Float[Tensor, ""]:
    """Mean absolute value of what a bridge takes from the outputs.

    Cui et al., *Gradually Vanishing Bridge for Adversarial Domain Adaptation*, CVPR 2020, Eq. 6
    and 8. https://arxiv.org/abs/2003.13183
    """
    return bridge.abs().mean()
