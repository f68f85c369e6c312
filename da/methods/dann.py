"""Domain-adversarial training."""

from typing import Any

import torch
from torch import Tensor

from da.batch import Labeled, Unlabeled
from da.layers import Discriminator, reverse_gradient
from da.losses import domain_classification
from da.methods.base import JointTraining


class DANN(JointTraining):
    """Learn features from which a discriminator cannot tell the domains apart.

    Ganin et al., *Domain-Adversarial Training of Neural Networks*, JMLR 2016, Eq. 9 and 14-18.
    https://arxiv.org/abs/1505.07818

    The weight scales the reversed gradient, not the loss, so that the discriminator always learns
    at its full rate.

    Args:
        width: Units of each hidden layer of the discriminator.
        depth: Hidden layers of the discriminator.
        discriminator_lr: Learning rate of the discriminator as a multiple of the network's.
        **kwargs: See :class:`JointTraining`.
    """

    def __init__(
        self, *, width: int = 1024, depth: int = 2, discriminator_lr: float = 1.0, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        if not discriminator_lr > 0:
            raise ValueError(
                f"the discriminator's learning rate is positive; got {discriminator_lr}"
            )
        self.discriminator = Discriminator(self.backbone.out_features, width, depth)
        self.discriminator_lr = discriminator_lr

    def adaptation_loss(self, source: Labeled, target: Unlabeled) -> Tensor:
        features = torch.cat([source.features, target.features])
        logits = self.discriminator(reverse_gradient(features, self.weight))
        source_logits, target_logits = logits.split([len(source.features), len(target.features)])
        right = (source_logits > 0).float().mean() + (target_logits <= 0).float().mean()
        self.monitored["discriminator_accuracy"] = right / 2
        return domain_classification(source_logits, target_logits)

    def parameter_groups(self) -> list[dict[str, Any]]:
        network = [*self.backbone.parameters(), *self.classifier.parameters()]
        return [
            {"params": network, "lr_scale": 1.0},
            {"params": list(self.discriminator.parameters()), "lr_scale": self.discriminator_lr},
        ]
