"""Domain-symmetric networks."""

from typing import Any, Literal

import torch
import torch.nn.functional as F
from torch import Tensor

from da.batch import Batch
from da.losses import (
    category_confusion,
    symmetric_confusion,
    symmetric_discrimination,
    symmetric_entropy,
)
from da.methods.alternating import Alternating
from da.methods.base import Schedule
from da.schedules import sigmoid_ramp


class SymNets(Alternating):
    """Let a source and a target classifier tell the domains apart, class by class.

    Zhang et al., *Domain-Symmetric Networks for Adversarial Domain Adaptation*, CVPR 2019, Eq. 9.
    https://arxiv.org/abs/1904.04663

    The classifiers learn the task, each alone, and as one softmax the domain; the features learn
    that it is either domain's class. Both move at once. The target classifier predicts.

    Args:
        weight: Largest weight of the terms of the target in the features' loss; non-negative.
        ramp: Share of that weight as a function of the training progress in [0, 1].
        batch_norm: Whether batch normalization sees both domains in one batch ("joint") or one
            after the other ("separate").
        **kwargs: See :class:`Alternating`.
    """

    family = "adversarial"
    assumes = "in part equal class proportions"
    hurts = "if the target lacks classes, or wrong predictions pick the class"
    network = ("backbone", "classifier", "target_classifier")

    def __init__(
        self,
        *,
        weight: float = 1.0,
        ramp: Schedule = sigmoid_ramp,
        batch_norm: Literal["joint", "separate"] = "joint",
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        if not weight >= 0:
            raise ValueError(f"the weight of the target's terms is at least 0; got weight={weight}")
        self.max_weight, self.ramp, self.batch_norm = weight, ramp, batch_norm
        self.target_classifier = self.head(self.backbone.out_features, self.classifier.out_features)

    @property
    def weight(self) -> float:
        """Weight of the target's terms at this step."""
        return self.max_weight * self.ramp(self.progress)

    def embed(self, inputs: Tensor) -> tuple[Tensor, Tensor]:
        features = self.backbone(inputs)
        return features, self.target_classifier(features)

    def players(self) -> dict[str, list[dict[str, Any]]]:
        both = [*self.classifier.parameters(), *self.target_classifier.parameters()]
        return {
            "backbone": [{"params": list(self.backbone.parameters()), "lr_scale": 1.0}],
            "classifiers": [{"params": both, "lr_scale": 1.0}],
        }

    def alternate(self, batch: Batch) -> dict[str, Any]:
        inputs, labels = batch["source"]
        domains = self.embed_both(inputs, batch["target"])
        source, target = (torch.cat([self.classifier(f), z], 1) for f, z in domains)
        task_loss = sum(F.cross_entropy(half, labels) for half in source.chunk(2, dim=1))
        domain_loss = symmetric_discrimination(source, target)
        class_loss = category_confusion(source, labels)
        target_loss = symmetric_confusion(target) + symmetric_entropy(target)
        self.minimize(
            backbone=class_loss + self.weight * target_loss,
            classifiers=task_loss + domain_loss,
        )
        return {
            "loss": class_loss + self.weight * target_loss,
            "task_loss": task_loss,
            "discriminator_loss": domain_loss,
            "adaptation_loss": self.weight * target_loss,
            "weight": self.weight,
        }
