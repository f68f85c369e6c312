"""Adaptive feature norm."""

from functools import partial
from typing import Any, Literal

from torch import Tensor

from da.batch import Labeled, Unlabeled
from da.losses import hard_feature_norm, stepwise_feature_norm
from da.methods.base import JointTraining


class AFN(JointTraining):
    """Enlarge the norms of the features of both domains.

    Xu et al., *Larger Norm More Transferable: An Adaptive Feature Norm Approach for Unsupervised
    Domain Adaptation*, ICCV 2019, Eq. 5 and 7. https://arxiv.org/abs/1811.07456

    The stepwise variant (SAFN) lets each norm grow by a step, without end; the hard one (HAFN)
    draws all norms to one radius. The loss of the first is constant: watch ``feature_norm``.

    Args:
        variant: "stepwise" or "hard".
        step: How far the stepwise variant asks each norm to grow; positive.
        radius: Norm that the hard variant asks for; positive.
        **kwargs: See :class:`JointTraining`.
    """

    family = "statistics matching"
    settings = ("closed-set", "partial")
    assumes = "nothing of the classes; that norms are what differs"
    hurts = "if norms grow without bound, as under Adam without weight decay"
    matches_marginals = False

    def __init__(
        self,
        *,
        variant: Literal["stepwise", "hard"] = "stepwise",
        step: float = 1.0,
        radius: float = 25.0,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        if not min(step, radius) > 0:
            raise ValueError(f"step and radius are positive; got step={step}, radius={radius}")
        self.distance = (
            partial(stepwise_feature_norm, step=step)
            if variant == "stepwise"
            else partial(hard_feature_norm, radius=radius)
        )

    def adaptation_loss(self, source: Labeled, target: Unlabeled) -> Tensor:
        self.monitored["feature_norm"] = target.features.detach().float().norm(dim=1).mean()
        return self.weight * (self.distance(source.features) + self.distance(target.features))
