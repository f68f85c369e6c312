"""Maximum classifier discrepancy."""

from typing import Any, Literal

import torch
import torch.nn.functional as F
from torch import Tensor

from da.batch import Batch
from da.layers import batch_norms
from da.losses import class_coverage, classifier_discrepancy
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
        balance: Weight of the coverage of the classes on the target, which steps A and B then lose
            for both classifiers, too; non-negative.
        classifier_lr: Learning rate of the classifiers as a multiple of the backbone's; positive.
        batch_norm: Whether batch normalization sees both domains in one batch in every step
            ("joint", as in the library of Jiang et al., 2022), or one after the other where a step
            needs them ("separate", as in the authors' code: five of seven passes are of the target,
            so that its statistics outweigh the source's in evaluation).
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
        balance: float = 0.0,
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
        if not balance >= 0:
            raise ValueError(f"the weight of a loss is at least 0; got balance={balance}")
        self.weight, self.agreement_weight = weight, agreement_weight
        self.agreement_steps, self.classifier_lr = agreement_steps, classifier_lr
        self.balance, self.batch_norm = balance, batch_norm
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
        if self.balance:
            source, target = self.classify(batch, "source", "target")
            uncovered = self.uncovered(target)
        else:
            (source,), uncovered = self.classify(batch, "source"), 0.0
        task_loss = self.task_loss(source, labels)
        loss = task_loss + uncovered
        self.minimize(backbone=loss, classifiers=loss)

        source, target = self.classify(batch, "source", "target", frozen=True)
        apart = classifier_discrepancy(*target)
        loss = self.task_loss(source, labels) + self.uncovered(target) - self.weight * apart
        self.minimize(classifiers=loss)

        for _ in range(self.agreement_steps):
            (target,) = self.classify(batch, "target")
            together = classifier_discrepancy(*target)
            self.minimize(backbone=self.agreement_weight * together)
        return {
            "loss": task_loss + together,
            "task_loss": task_loss,
            "adaptation_loss": together,
            "largest_discrepancy": apart,
        }

    def classify(
        self, batch: Batch, *domains: Literal["source", "target"], frozen: bool = False
    ) -> list[tuple[Tensor, Tensor]]:
        """Return the logits of both classifiers on each of the domains.

        Joint batch normalization sees both domains in every step, whichever the step needs.

        Args:
            batch: The training batch.
            *domains: What the step needs.
            frozen: Whether the backbone does not learn in the step.
        """
        inputs = {"source": batch["source"][0], "target": batch["target"]}
        if self.batch_norm == "separate" or not batch_norms(self):
            return [self._both_logits(inputs[domain], frozen) for domain in domains]
        sizes = [len(x) for x in inputs.values()]
        both = self._both_logits(torch.cat(list(inputs.values())), frozen)
        first, second = (dict(zip(inputs, logits.split(sizes), strict=True)) for logits in both)
        return [(first[domain], second[domain]) for domain in domains]

    def _both_logits(self, inputs: Tensor, frozen: bool) -> tuple[Tensor, Tensor]:
        with torch.set_grad_enabled(not frozen):
            features = self.backbone(inputs)
        return self.classifier(features), self.second_classifier(features)

    def task_loss(self, logits: tuple[Tensor, Tensor], labels: Tensor) -> Tensor:
        """Return the sum of the cross-entropies of both classifiers."""
        first, second = (F.cross_entropy(x, labels) for x in logits)
        return first + second

    def uncovered(self, logits: tuple[Tensor, Tensor]) -> Tensor | float:
        """Return the weighted coverage of the classes, of both classifiers on the target."""
        return self.balance * sum(map(class_coverage, logits)) if self.balance else 0.0
