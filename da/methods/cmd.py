"""Central moment discrepancy."""

from typing import Any

from torch import Tensor

from da.batch import Labeled, Unlabeled
from da.losses import central_moments
from da.methods.base import JointTraining


class CMD(JointTraining):
    """Align the mean and the central moments of each feature.

    Zellinger et al., *Central Moment Discrepancy (CMD) for Domain-Invariant Representation
    Learning*, ICLR 2017. https://arxiv.org/abs/1702.08811

    The moments are those of the features' hyperbolic tangents: the discrepancy is for bounded
    activations, and a fifth power of others would outweigh everything else.

    Args:
        orders: Highest order of the moments.
        **kwargs: See :class:`JointTraining`.
    """

    family = "statistics matching"
    assumes = "equal class proportions"
    hurts = "if proportions differ: the moments then differ by right"

    def __init__(self, *, orders: int = 5, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if orders < 1:
            raise ValueError(f"moments have an order of 1 at least; got orders={orders}")
        self.orders = orders

    def adaptation_loss(self, source: Labeled, target: Unlabeled) -> Tensor:
        source_features, target_features = source.features.tanh(), target.features.tanh()
        return self.weight * central_moments(source_features, target_features, orders=self.orders)
