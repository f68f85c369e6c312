"""Gradually vanishing bridge."""

from typing import Any

import torch
from torch import Tensor, nn

from da.batch import Labeled, Unlabeled
from da.layers import perceptron, reverse_gradient
from da.losses import bridge_size, certainty_weights, domain_classification
from da.methods.base import JointTraining


class GVB(JointTraining):
    """Set a discriminator against the predictions, each with a bridge that fades.

    Cui et al., *Gradually Vanishing Bridge for Adversarial Domain Adaptation*, CVPR 2020 (GVB-GD).
    https://arxiv.org/abs/2003.13183

    A bridge is a second output that is subtracted from the first, and whose size is penalized: of
    the classifier, for what is peculiar to a domain; of the discriminator, to balance it. Samples
    count for the certainty ``exp(-H)`` of their prediction. The classifier's bridge starts at 0,
    where the paper draws it at random, and its penalty grows with the weight: so training starts
    as that of source-only. No gradient flows through the certainties.

    Args:
        classifier_bridge: Penalty on the classifier's bridge, relative to the weight; non-negative.
        discriminator_bridge: Penalty on the discriminator's bridge; non-negative.
        width: Units of each hidden layer of the discriminator.
        depth: Hidden layers of the discriminator.
        discriminator_lr: Learning rate of the discriminator as a multiple of the network's.
        **kwargs: See :class:`JointTraining`.
    """

    family = "adversarial"
    assumes = "equal class proportions"
    hurts = "if proportions differ, or the target lacks classes"
    network = ("backbone", "classifier", "bridge")

    def __init__(
        self,
        *,
        classifier_bridge: float = 1.0,
        discriminator_bridge: float = 1.0,
        width: int = 1024,
        depth: int = 2,
        discriminator_lr: float = 1.0,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        if not (classifier_bridge >= 0 and discriminator_bridge >= 0 and discriminator_lr > 0):
            raise ValueError(
                "penalties on bridges are at least 0 and the discriminator's learning rate is "
                f"positive; got classifier_bridge={classifier_bridge}, "
                f"discriminator_bridge={discriminator_bridge}, discriminator_lr={discriminator_lr}"
            )
        self.classifier_bridge, self.discriminator_bridge = classifier_bridge, discriminator_bridge
        self.discriminator_lr = discriminator_lr
        classes = self.classifier.out_features
        self.bridge = nn.Linear(self.backbone.out_features, classes)
        nn.init.zeros_(self.bridge.weight)
        nn.init.zeros_(self.bridge.bias)
        self.discriminator = perceptron(classes, 2, width, depth)

    def embed(self, inputs: Tensor) -> tuple[Tensor, Tensor]:
        features, logits = super().embed(inputs)
        # Without adaptation there is nothing to bridge.
        return features, logits - self.bridge(features) if self.max_weight else logits

    def adaptation_loss(self, source: Labeled, target: Unlabeled) -> Tensor:
        logits = torch.cat([source.logits, target.logits])
        sizes = [len(source.logits), len(target.logits)]
        seen = reverse_gradient(logits.softmax(1), self.weight)
        outputs, bridge = self.discriminator(seen).unbind(1)
        weights = (certainty_weights(logits) - 1).split(sizes)  # exp(-H) without CDAN's 1
        loss = domain_classification(*(outputs - bridge).split(sizes), *weights)
        own = bridge_size(self.bridge(torch.cat([source.features, target.features])))
        self.monitored["bridge"], self.monitored["discriminator_bridge"] = own, bridge.abs().mean()
        penalty = self.discriminator_bridge * bridge_size(bridge)
        return loss + penalty + self.weight * self.classifier_bridge * own

    def parameter_groups(self) -> list[dict[str, Any]]:
        return self.network_and_others(self.discriminator_lr)
