"""Margin disparity discrepancy."""

from typing import Any

import torch
from torch import Tensor

from da.batch import Labeled, Unlabeled
from da.layers import perceptron, reverse_gradient
from da.losses import margin_disparity
from da.methods.base import JointTraining


class MDD(JointTraining):
    """Learn features on which no second classifier agrees on the source and not on the target.

    Zhang et al., *Bridging Theory and Algorithm for Domain Adaptation*, ICML 2019, Eq. 27-30.
    https://arxiv.org/abs/1904.05801

    The weight scales the reversed gradient, not the loss, so that the adversary always learns at
    its full rate. The classifier's predictions are given: it learns from the task alone.

    Args:
        margin: The paper's ``gamma``; positive.
        width: Units of each hidden layer of the adversary.
        depth: Hidden layers of the adversary.
        dropout: Probability of dropout behind each hidden layer of the adversary, in [0, 1).
        **kwargs: See :class:`JointTraining`.
    """

    family = "adversarial"
    assumes = "equal class proportions"
    hurts = "if proportions differ; a large margin trains unstably"

    def __init__(
        self,
        *,
        margin: float = 4.0,
        width: int = 1024,
        depth: int = 1,
        dropout: float = 0.0,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        if not margin > 0:
            raise ValueError(f"the margin is positive; got margin={margin}")
        self.margin = margin
        d, k = self.backbone.out_features, self.classifier.out_features
        self.adversary = perceptron(d, k, width, depth, dropout=dropout)

    def adaptation_loss(self, source: Labeled, target: Unlabeled) -> Tensor:
        features = torch.cat([source.features, target.features])
        logits = self.adversary(reverse_gradient(features, self.weight))
        source_logits, target_logits = logits.split([len(source.features), len(target.features)])
        disparity = margin_disparity(
            source_logits,
            target_logits,
            source.logits.argmax(1),
            target.logits.argmax(1),
            margin=self.margin,
        )
        return -disparity
