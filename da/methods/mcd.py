"""Maximum classifier discrepancy."""

from typing import Any, Literal

import torch.nn.functional as F
from torch import Tensor

from da.batch import Batch
from da.losses import classifier_discrepancy
from da.methods.alternating import Alternating


class MCD(Alternating):
    """Let two classifiers disagree on the target, and the features take the reason away.

    Saito et al., *Maximum Classifier Discrepancy for Unsupervised Domain Adaptation*, CVPR 2018,
    Sec. 3.3. https://arxiv.org/abs/1712.02560

    In each step, (A) all learn the task; (B) the classifiers learn the task and to disagree on the
    target; (C) the backbone learns to make them agree. The prediction is by the mean of their
    logits, as in the authors' code. In the paper they have hidden layers: see ``head``.

    Args:
        weight: Weight of the discrepancy in step B; positive.
        agreement_weight: Weight of the discrepancy in step C, which has no other loss; positive. It
            matters for optimizers whose steps grow with the gradient.
        agreement_steps: Repetitions of step C; at least 1.
        classifier_lr: Learning rate of the classifiers as a multiple of the backbone's; positive.
        batch_norm: Whether batch normalization sees both domains in one batch ("joint") or one
            after the other ("separate").
        **kwargs: See :class:`Alternating`.
    """

    family = "adversarial"
    assumes = "target classes near the source's, apart from each other"
    hurts = "if the classifiers agree on the wrong class: nothing then moves"
    matches_marginals = False
    network = ("backbone", "classifier", "second_classifier")

    def __init__(
        self,
        *,
        weight: float = 1.0,
        agreement_weight: float = 1.0,
        agreement_steps: int = 4,
        classifier_lr: float = 1.0,
        batch_norm: Literal["joint", "separate"] = "joint",
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        if not (min(weight, agreement_weight, classifier_lr) > 0 and agreement_steps >= 1):
            raise ValueError(
                "the weights of the discrepancy and classifier_lr are positive and "
                f"agreement_steps at least 1; got weight={weight}, "
                f"agreement_weight={agreement_weight}, classifier_lr={classifier_lr} and "
                f"agreement_steps={agreement_steps}"
            )
        self.weight, self.agreement_weight = weight, agreement_weight
        self.agreement_steps, self.classifier_lr = agreement_steps, classifier_lr
        self.batch_norm = batch_norm
        self.second_classifier = self.head(self.backbone.out_features, self.classifier.out_features)

    def embed(self, inputs: Tensor) -> tuple[Tensor, Tensor]:
        features = self.backbone(inputs)
        return features, (self.classifier(features) + self.second_classifier(features)) / 2

    def players(self) -> dict[str, list[dict[str, Any]]]:
        both = [*self.classifier.parameters(), *self.second_classifier.parameters()]
        return {
            "backbone": [{"params": list(self.backbone.parameters()), "lr_scale": 1.0}],
            "classifiers": [{"params": both, "lr_scale": self.classifier_lr}],
        }

    def alternate(self, batch: Batch) -> dict[str, Any]:
        labels = batch["source"][1]
        task_loss = self.task_loss(self.features(batch)[0], labels)
        self.minimize(backbone=task_loss, classifiers=task_loss)

        source, target = (features.detach() for features in self.features(batch))
        apart = self.discrepancy(target)
        self.minimize(classifiers=self.task_loss(source, labels) - self.weight * apart)

        for _ in range(self.agreement_steps):
            together = self.discrepancy(self.features(batch)[1])
            self.minimize(backbone=self.agreement_weight * together)
        return {
            "loss": task_loss + together,
            "task_loss": task_loss,
            "adaptation_loss": together,
            "largest_discrepancy": apart,
        }

    def features(self, batch: Batch) -> tuple[Tensor, Tensor]:
        """Return the features of both domains."""
        (source, _), (target, _) = self.embed_both(batch["source"][0], batch["target"])
        return source, target

    def task_loss(self, features: Tensor, labels: Tensor) -> Tensor:
        """Return the sum of the cross-entropies of both classifiers."""
        classifiers = self.classifier, self.second_classifier
        first, second = (F.cross_entropy(c(features), labels) for c in classifiers)
        return first + second

    def discrepancy(self, features: Tensor) -> Tensor:
        """Return how much the classifiers disagree."""
        return classifier_discrepancy(self.classifier(features), self.second_classifier(features))
