"""How much like the target source samples are, from a discriminator."""

from jaxtyping import Float
from torch import Tensor

from da.losses.precision import full_precision


@full_precision
def importance(source_logits: Float[Tensor, " n"]) -> Float[Tensor, " n"]:
    """Probability that a discriminator gives source samples of being from the target, mean 1.

    Zhang et al., *Importance Weighted Adversarial Nets for Partial Domain Adaptation*, CVPR 2018,
    Eq. 7-8. https://arxiv.org/abs/1803.09210

    Args:
        source_logits: Logits of "source"; they receive no gradient.

    Returns:
        Non-negative weights.
    """
    # 1 - sigmoid(z), without the cancellation where the discriminator is sure
    weights = (-source_logits.detach()).sigmoid()
    return weights / weights.mean().clamp_min(1e-12)
