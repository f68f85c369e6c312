"""Importance weighted adversarial nets."""

from typing import Any

import torch
from torch import Tensor

from da.batch import Labeled, Unlabeled
from da.layers import Discriminator, reverse_gradient
from da.losses import domain_classification, entropy, importance
from da.methods.base import JointTraining


class IWAN(JointTraining):
    """DANN in which source samples count that a first discriminator takes for target ones.

    Zhang et al., *Importance Weighted Adversarial Nets for Partial Domain Adaptation*, CVPR 2018,
    Eq. 7-13. https://arxiv.org/abs/1803.09210

    The first discriminator learns on features that it does not change. Both domains share one
    network here; the paper adapts a second one to a fixed network of the source.

    Args:
        certainty: Weight of the target's entropy relative to the whole term; non-negative.
        width: Units of each hidden layer of both discriminators.
        depth: Hidden layers of both discriminators.
        **kwargs: See :class:`JointTraining`.
    """

    family = "partial label space"
    settings = ("partial",)
    assumes = "target classes among the source's (made for it)"
    hurts = "if samples that look unlike the target are of classes that it has"
    matches_marginals = False

    def __init__(
        self, *, certainty: float = 0.1, width: int = 1024, depth: int = 2, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        if not certainty >= 0:
            raise ValueError(f"the weight of a loss is at least 0; got certainty={certainty}")
        self.certainty = certainty
        self.observer = Discriminator(self.backbone.out_features, width, depth)
        self.discriminator = Discriminator(self.backbone.out_features, width, depth)

    def adaptation_loss(self, source: Labeled, target: Unlabeled) -> Tensor:
        features = torch.cat([source.features, target.features])
        sizes = [len(source.features), len(target.features)]
        observed = self.observer(features.detach()).split(sizes)
        source_logits, target_logits = self.discriminator(
            reverse_gradient(features, self.weight)
        ).split(sizes)
        right = (source_logits > 0).float().mean() + (target_logits <= 0).float().mean()
        self.monitored["discriminator_accuracy"] = right / 2
        return (
            domain_classification(*observed)
            + domain_classification(source_logits, target_logits, importance(observed[0]))
            + self.weight * self.certainty * entropy(target.logits).mean()
        )
