"""Deep joint distribution optimal transport."""

from typing import Any

from torch import Tensor

from da.batch import Labeled, Unlabeled
from da.losses import exact_plan, joint_cost, transported
from da.methods.base import JointTraining


class DeepJDOT(JointTraining):
    """Transport source samples with their labels to target samples with their predictions.

    Damodaran et al., *DeepJDOT: Deep Joint Distribution Optimal Transport for Unsupervised Domain
    Adaptation*, ECCV 2018, Eq. 6. https://arxiv.org/abs/1803.10081

    The plan moves all of a batch to all of the other, and so joins unlike classes where the
    proportions of the classes differ.

    Args:
        feature_weight: Weight of the squared distance between features (the paper's alpha).
        label_weight: Weight of the cross-entropy of a label at its target (the paper's lambda_t).
        **kwargs: See :class:`JointTraining`.
    """

    family = "optimal transport"
    assumes = "equal class proportions in each batch"
    hurts = "if proportions differ: what is left over is sent to the wrong class"

    def __init__(
        self, *, feature_weight: float = 0.01, label_weight: float = 0.5, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        if min(feature_weight, label_weight) < 0:
            raise ValueError(
                f"weights of a cost are at least 0; got feature_weight={feature_weight}, "
                f"label_weight={label_weight}"
            )
        self.feature_weight, self.label_weight = feature_weight, label_weight

    def adaptation_loss(self, source: Labeled, target: Unlabeled) -> Tensor:
        cost = joint_cost(
            source.features,
            target.features,
            source.labels,
            target.logits,
            feature_weight=self.feature_weight,
            label_weight=self.label_weight,
        )
        return self.weight * transported(cost, self.plan(cost))

    def plan(self, cost: Tensor) -> Tensor:
        """Return how much each source sample sends to each target sample, without gradient."""
        return exact_plan(cost)
