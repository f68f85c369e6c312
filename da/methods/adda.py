"""Adversarial discriminative domain adaptation."""

from copy import deepcopy
from typing import Any

import torch
from torch import Tensor

from da.batch import Batch
from da.layers import Discriminator
from da.losses import domain_classification, taken_for_source
from da.methods.alternating import Alternating


class ADDA(Alternating):
    """Train a source encoder; then a copy of it whose features of the target look like its own.

    Tzeng et al., *Adversarial Discriminative Domain Adaptation*, CVPR 2017, Eq. 9.
    https://arxiv.org/abs/1702.05464

    For the first share of the steps this is source-only. Then the network is kept as the source
    encoder, and ``backbone`` goes on as the target encoder: a discriminator learns to tell the
    source encoder's features of the source from the target encoder's of the target, which learns
    to have them taken for the former (inverted labels). The classifier stays as it was. Every
    evaluation is by the target encoder, on the source too: there its accuracy tells what is left of
    what it had learned.

    Args:
        pretraining: Share of the steps that the source encoder is trained for, in (0, 1).
        encoder_lr: Learning rate of the target encoder as a multiple of the network's.
        discriminator_lr: Learning rate of the discriminator as a multiple of the network's.
        width: Units of each hidden layer of the discriminator.
        depth: Hidden layers of the discriminator.
        **kwargs: See :class:`Alternating`.
    """

    family = "adversarial"
    assumes = "equal class proportions"
    hurts = "if proportions differ; once adrift, no label holds the target encoder"
    batch_norm = "separate"  # the domains have an encoder each

    def __init__(
        self,
        *,
        pretraining: float = 0.5,
        encoder_lr: float = 0.1,
        discriminator_lr: float = 1.0,
        width: int = 500,
        depth: int = 2,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        if not 0 < pretraining < 1:
            raise ValueError(
                "the source encoder is trained for a share of the steps between 0 and 1; got "
                f"pretraining={pretraining}"
            )
        if not (encoder_lr > 0 and discriminator_lr > 0):
            raise ValueError(
                "the learning rates of the encoder and of the discriminator are positive; got "
                f"encoder_lr={encoder_lr} and discriminator_lr={discriminator_lr}"
            )
        self.pretraining = pretraining
        self.encoder_lr, self.discriminator_lr = encoder_lr, discriminator_lr
        self.source_encoder = deepcopy(self.backbone).requires_grad_(False)
        self.discriminator = Discriminator(self.backbone.out_features, width, depth)

    def players(self) -> dict[str, list[dict[str, Any]]]:
        backbone = list(self.backbone.parameters())
        discriminator = list(self.discriminator.parameters())
        return {
            "network": [
                {"params": [*backbone, *self.classifier.parameters()], "lr_scale": 1.0},
            ],
            "encoder": [{"params": backbone, "lr_scale": self.encoder_lr}],
            "discriminator": [{"params": discriminator, "lr_scale": self.discriminator_lr}],
        }

    def alternate(self, batch: Batch) -> dict[str, Any]:
        if self.progress < self.pretraining:
            outputs = self.task_step(batch)
            self.minimize(network=outputs["loss"])
            # So that whenever the first stage ends, this is the network that it ended with.
            self.source_encoder.load_state_dict(self.backbone.state_dict())
            return outputs
        source = self.encode_source(batch["source"][0])
        target = self.backbone(batch["target"])
        source_logits = self.discriminator(source)
        target_logits = self.discriminator(target.detach())
        loss = domain_classification(source_logits, target_logits)
        right = (source_logits > 0).float().mean() + (target_logits <= 0).float().mean()
        self.minimize(discriminator=loss)
        mistaken = taken_for_source(self.discriminator(target))
        self.minimize(encoder=mistaken)
        return {
            "loss": loss,
            "adaptation_loss": loss,
            "encoder_loss": mistaken,
            "discriminator_accuracy": right / 2,
        }

    @torch.no_grad()
    def encode_source(self, inputs: Tensor) -> Tensor:
        """Return the features of the source encoder, which is finished: it normalizes as such."""
        self.source_encoder.eval()
        return self.source_encoder(inputs)
