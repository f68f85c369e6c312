"""Norms of the features."""

from jaxtyping import Float
from torch import Tensor

from da.losses.precision import full_precision


@full_precision
def hard_feature_norm(features: Float[Tensor, "n d"], *, radius: float = 25.0) -> Float[Tensor, ""]:
    """Mean squared distance of the features' norms to one radius.

    Xu et al., *Larger Norm More Transferable: An Adaptive Feature Norm Approach for Unsupervised
    Domain Adaptation*, ICCV 2019, Eq. 5. https://arxiv.org/abs/1811.07456

    Args:
        features: Features of one domain.
        radius: Norm that all features are drawn to; positive.
    """
    return (features.norm(dim=1) - radius).square().mean()


@full_precision
def stepwise_feature_norm(
    features: Float[Tensor, "n d"], *, step: float = 1.0
) -> Float[Tensor, ""]:
    """Mean squared distance of the features' norms to their present value plus a step.

    Xu et al., *Larger Norm More Transferable: An Adaptive Feature Norm Approach for Unsupervised
    Domain Adaptation*, ICCV 2019, Eq. 7. https://arxiv.org/abs/1811.07456

    Its value is always ``step ** 2``, so only its gradient says something: each norm grows by the
    same amount.

    Args:
        features: Features of one domain.
        step: How far each norm is to grow; positive.
    """
    norms = features.norm(dim=1)
    return (norms - (norms.detach() + step)).square().mean()
