"""What adversarial methods share for a target that lacks some of the source's classes."""

from abc import ABC
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from da.batch import Batch, Labeled, Unlabeled
from da.layers import Discriminator, reverse_gradient
from da.losses import class_weights
from da.methods.base import JointTraining


class PartialAdversarial(JointTraining, ABC):
    """Adversarial training in which source classes count as much as the target seems to have them.

    The weights of the classes are the mean predictions for all of the target's unlabelled training
    samples. They start equal, for an untrained network knows nothing of the target.

    Args:
        update_every: Steps between two updates of the class weights; at least 1.
        temperature: Divides the logits of these predictions; positive. Below 1 the weights are
            nearer to counts of predicted classes.
        width: Units of each hidden layer of the discriminator.
        depth: Hidden layers of the discriminator.
        discriminator_batch_norm: Whether the discriminator normalizes batches of both domains, as
            in the library of Jiang et al., *Transferability in Deep Learning*, 2022.
        **kwargs: See :class:`JointTraining`.
    """

    matches_marginals = False
    class_weights: Tensor

    def __init__(
        self,
        *,
        update_every: int = 500,
        temperature: float = 0.1,
        width: int = 1024,
        depth: int = 2,
        discriminator_batch_norm: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        if update_every < 1 or not temperature > 0:
            raise ValueError(
                f"class weights are updated every 1 or more steps at a positive temperature; "
                f"got update_every={update_every}, temperature={temperature}"
            )
        self.update_every, self.temperature = update_every, temperature
        self.discriminator = Discriminator(
            self.backbone.out_features, width, depth, batch_norm=discriminator_batch_norm
        )
        self.register_buffer("class_weights", torch.ones(self.classifier.out_features))

    def training_step(self, batch: Batch, batch_idx: int) -> dict[str, Any]:
        if self.max_weight == 0:
            return self.task_step(batch)
        if self.global_step and self.global_step % self.update_every == 0:
            self.update_class_weights()
        return super().training_step(batch, batch_idx)

    @property
    def changes_task_loss(self) -> bool:
        return True

    def losses(self, batch: Batch, source: Labeled, target: Unlabeled) -> tuple[Tensor, Tensor]:
        """Return the task loss, weighted by class, and the adaptation term."""
        task_loss = F.cross_entropy(source.logits, source.labels, self.class_weights)
        return task_loss, self.adaptation_loss(source, target)

    def domain_logits(self, source: Labeled, target: Unlabeled) -> tuple[Tensor, Tensor]:
        """Return the discriminator's logits of both domains, behind a gradient reversal."""
        features = torch.cat([source.features, target.features])
        logits = self.discriminator(reverse_gradient(features, self.weight))
        source_logits, target_logits = logits.split([len(source.features), len(target.features)])
        right = (source_logits > 0).float().mean() + (target_logits <= 0).float().mean()
        self.monitored["discriminator_accuracy"] = right / 2
        return source_logits, target_logits

    @torch.no_grad()
    def update_class_weights(self) -> None:
        """Predict all samples that are adapted to and average."""
        training, precision = self.training, self.class_weights.dtype
        self.eval()
        batches = self.trainer.datamodule.adaptation_dataloader()  # type: ignore[attr-defined]
        logits = torch.cat([self(inputs.to(precision)) for inputs in batches]).to(precision)
        self.train(training)
        self.class_weights.copy_(class_weights((logits / self.temperature).softmax(1)))
