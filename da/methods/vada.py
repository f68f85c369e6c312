"""Virtual adversarial domain adaptation, and its refinement by DIRT-T."""

from copy import deepcopy
from math import ceil
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from da.batch import Batch, Labeled, Unlabeled
from da.layers import Discriminator, reverse_gradient, statistics_kept
from da.losses import divergence, domain_classification, row_entropies, virtual_adversarial
from da.methods.base import JointTraining


class VADA(JointTraining):
    """Align the domains with decision boundaries that keep away from samples of either.

    Shu et al., *A DIRT-T Approach to Unsupervised Domain Adaptation*, ICLR 2018, Eq. 8 and, for the
    refinement, Eq. 10. https://arxiv.org/abs/1802.08735

    A discriminator behind a gradient reversal, the entropy of target predictions, and the change of
    predictions at adverse inputs of both domains. With ``refinement`` the last steps are DIRT-T:
    the source is left behind, and the network moves away from target samples while it stays close
    to a teacher, which is the network some steps ago. Those batches that only probe the predictions
    do not count for the statistics of batch normalization.

    The weight multiplies all terms but the discriminator's own learning. The paper has no ramp.

    Args:
        adversarial: The paper's ``lambda_d``, on the reversed gradient; non-negative.
        source_smoothness: ``lambda_s``, of the change of source predictions; non-negative.
        target_smoothness: ``lambda_t``, of the entropy and the change of target predictions;
            non-negative.
        radius: Euclidean length of adverse perturbations, in units of the inputs; positive.
        refinement: Share of the steps, at the end, that are DIRT-T's; in [0, 1).
        teacher_weight: The paper's ``beta``, of the divergence from the teacher; non-negative.
        teacher_steps: Steps after which the teacher is the network again; at least 1.
        width: Units of each hidden layer of the discriminator.
        depth: Hidden layers of the discriminator.
        discriminator_lr: Learning rate of the discriminator as a multiple of the network's.
        **kwargs: See :class:`JointTraining`.
    """

    family = "adversarial"
    assumes = "equal class proportions; boundaries in gaps of the data"
    hurts = "if proportions differ, or classes overlap in the inputs"

    def __init__(
        self,
        *,
        adversarial: float = 0.01,
        source_smoothness: float = 1.0,
        target_smoothness: float = 0.01,
        radius: float = 3.5,
        refinement: float = 0.0,
        teacher_weight: float = 0.01,
        teacher_steps: int = 50,
        width: int = 100,
        depth: int = 1,
        discriminator_lr: float = 1.0,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        factors = adversarial, source_smoothness, target_smoothness, teacher_weight
        if not min(factors) >= 0:
            raise ValueError(
                f"the terms of VADA have weights of at least 0; got adversarial={adversarial}, "
                f"source_smoothness={source_smoothness}, target_smoothness={target_smoothness}, "
                f"teacher_weight={teacher_weight}"
            )
        if not (radius > 0 and 0 <= refinement < 1 and teacher_steps >= 1 and discriminator_lr > 0):
            raise ValueError(
                "the radius and discriminator_lr are positive, the refinement lies in [0, 1) and "
                f"teacher_steps is at least 1; got radius={radius}, refinement={refinement}, "
                f"teacher_steps={teacher_steps}, discriminator_lr={discriminator_lr}"
            )
        self.adversarial, self.radius = adversarial, radius
        self.source_smoothness, self.target_smoothness = source_smoothness, target_smoothness
        self.refinement, self.teacher_weight = refinement, teacher_weight
        self.teacher_steps, self.discriminator_lr = teacher_steps, discriminator_lr
        self.discriminator = Discriminator(self.backbone.out_features, width, depth)
        if refinement:
            self.teacher = deepcopy(self.student).requires_grad_(False)

    @property
    def changes_task_loss(self) -> bool:
        return True

    @property
    def student(self) -> nn.Sequential:
        """The network from inputs to logits."""
        return nn.Sequential(self.backbone, self.classifier)

    def losses(self, batch: Batch, source: Labeled, target: Unlabeled) -> tuple[Tensor, Tensor]:
        inputs = batch["source"][0], batch["target"]
        refined = self.global_step - ceil((1 - self.refinement) * self.trainer.max_steps)
        if self.refinement and refined >= 0:
            return target.logits.new_zeros(()), self.refinement_loss(inputs[1], target, refined)
        task_loss = F.cross_entropy(source.logits, source.labels)
        if self.batch_norm == "joint":
            both = torch.cat([source.logits, target.logits])
            changes = self.change(torch.cat(inputs), both)
            source_change, target_change = changes.split([len(x) for x in inputs])
        else:
            source_change = self.change(inputs[0], source.logits)
            target_change = self.change(inputs[1], target.logits)
        smoothness = self.source_smoothness * source_change.mean()
        smoothness = smoothness + self.target_smoothness * target_change.mean()
        self.monitored["source_change"] = source_change.mean()
        self.monitored["target_change"] = target_change.mean()
        return task_loss, self.adaptation_loss(source, target) + self.weight * smoothness

    def adaptation_loss(self, source: Labeled, target: Unlabeled) -> Tensor:
        features = torch.cat([source.features, target.features])
        seen = reverse_gradient(features, self.weight * self.adversarial)
        sizes = [len(source.features), len(target.features)]
        loss = domain_classification(*self.discriminator(seen).split(sizes))
        entropy = row_entropies(target.logits).mean()
        self.monitored["discriminator_loss"], self.monitored["target_entropy"] = loss, entropy
        return loss + self.weight * self.target_smoothness * entropy

    def refinement_loss(self, inputs: Tensor, target: Unlabeled, step: int) -> Tensor:
        """Return the loss of DIRT-T at some step of the refinement."""
        if step % self.teacher_steps == 0:
            self.teacher.load_state_dict(self.student.state_dict())
        self.teacher.eval()
        with torch.no_grad():
            taught = self.teacher(inputs)
        change = self.change(inputs, target.logits).mean()
        entropy = row_entropies(target.logits).mean()
        departure = divergence(taught, target.logits).mean()
        self.monitored |= {"target_change": change, "target_entropy": entropy}
        self.monitored["departure"] = departure
        refined = self.target_smoothness * (entropy + change) + self.teacher_weight * departure
        return self.weight * refined

    def change(self, inputs: Tensor, logits: Tensor) -> Tensor:
        """Return how far each prediction changes at the most adverse input around."""
        with statistics_kept(self.backbone):
            return virtual_adversarial(self, inputs, logits, radius=self.radius)

    def parameter_groups(self) -> list[dict[str, Any]]:
        return self.network_and_others(self.discriminator_lr)
