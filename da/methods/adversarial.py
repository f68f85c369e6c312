"""What methods share that set a discriminator against the network."""

from abc import ABC, abstractmethod
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor
from torch.func import functional_call

from da.batch import Batch, Labeled, Unlabeled
from da.layers import Discriminator, reverse_gradient
from da.losses import batch_spectral_penalty, certainty_weights, domain_classification
from da.methods.base import JointTraining


class Adversarial(JointTraining, ABC):
    """Train ``self.discriminator`` behind a gradient reversal, with terms that may be added.

    The weight scales the reversed gradient, not the loss, so that the discriminator always learns
    at its full rate.

    Args:
        width: Units of each hidden layer of the discriminator.
        depth: Hidden layers of the discriminator.
        discriminator_lr: Learning rate of the discriminator as a multiple of the network's.
        discriminator_batch_norm: Whether the discriminator normalizes batches of both domains, as
            in the library of Jiang et al., *Transferability in Deep Learning*, 2022.
        discriminator_dropout: Probability of dropout in the discriminator, in [0, 1).
        entropy_weighting: Whether samples count for the certainty of their prediction, as in
            CDAN+E (Long et al., NeurIPS 2018, Sec. 3.3), whose weights are normalized in each
            domain.
        spectral_penalty: Weight of the penalty on the largest singular value of the features of
            each domain (Chen et al., ICML 2019, BSP); non-negative.
        sharpness: Radius of the sharpest step from the weights at which the task loss is taken
            (Rangwani et al., *A Closer Look at Smoothness in Domain Adversarial Training*, ICML
            2022, SDAT, https://arxiv.org/abs/2206.08213); non-negative. The adversarial term is
            taken at the weights themselves.
        **kwargs: See :class:`JointTraining`.
    """

    def __init__(
        self,
        *,
        width: int = 1024,
        depth: int = 2,
        discriminator_lr: float = 1.0,
        discriminator_batch_norm: bool = False,
        discriminator_dropout: float = 0.0,
        entropy_weighting: bool = False,
        spectral_penalty: float = 0.0,
        sharpness: float = 0.0,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        if not discriminator_lr > 0:
            raise ValueError(
                f"the discriminator's learning rate is positive; got {discriminator_lr}"
            )
        if not (spectral_penalty >= 0 and sharpness >= 0):
            raise ValueError(
                "the spectral penalty and the sharpness are at least 0; got "
                f"spectral_penalty={spectral_penalty} and sharpness={sharpness}"
            )
        self.discriminator_lr, self.entropy_weighting = discriminator_lr, entropy_weighting
        self.spectral_penalty, self.sharpness = spectral_penalty, sharpness
        self.width, self.depth = width, depth
        self.discriminator_batch_norm = discriminator_batch_norm
        self.discriminator_dropout = discriminator_dropout

    discriminator: Discriminator

    @property
    def changes_task_loss(self) -> bool:
        return self.sharpness > 0

    @abstractmethod
    def condition(self, features: Tensor, logits: Tensor) -> Tensor:
        """Return what the discriminator sees of features, whose gradient is reversed already."""

    def make_discriminator(self, in_features: int) -> Discriminator:
        """Return a discriminator for inputs of this width, as the method's arguments have it."""
        return Discriminator(
            in_features,
            self.width,
            self.depth,
            batch_norm=self.discriminator_batch_norm,
            dropout=self.discriminator_dropout,
        )

    def adaptation_loss(self, source: Labeled, target: Unlabeled) -> Tensor:
        features = torch.cat([source.features, target.features])
        logits = torch.cat([source.logits, target.logits])
        sizes = [len(source.features), len(target.features)]
        seen = self.condition(reverse_gradient(features, self.weight), logits)
        source_logits, target_logits = self.discriminator(seen).split(sizes)
        right = (source_logits > 0).float().mean() + (target_logits <= 0).float().mean()
        self.monitored["discriminator_accuracy"] = right / 2
        weights = certainty_weights(logits).split(sizes) if self.entropy_weighting else ()
        loss = domain_classification(source_logits, target_logits, *weights)
        if self.spectral_penalty:
            penalty = batch_spectral_penalty(source.features, target.features)
            self.monitored["spectral_penalty"] = penalty
            loss = loss + self.spectral_penalty * penalty
        return loss

    def losses(self, batch: Batch, source: Labeled, target: Unlabeled) -> tuple[Tensor, Tensor]:
        task_loss, adaptation_loss = super().losses(batch, source, target)
        if self.sharpness:
            task_loss = self.sharpest_task_loss(task_loss, batch)
        return task_loss, adaptation_loss

    def sharpest_task_loss(self, task_loss: Tensor, batch: Batch) -> Tensor:
        """Return the task loss one step of length ``sharpness`` up its own gradient.

        Foret et al., *Sharpness-Aware Minimization*, ICLR 2021, Eq. 2.
        https://arxiv.org/abs/2010.01412
        The step is a constant: the gradient at the far end is that of the weights.
        """
        named = {
            name: p
            for name, p in self.named_parameters()
            if name.split(".")[0] in self.network and p.requires_grad
        }
        slopes = torch.autograd.grad(task_loss, list(named.values()), retain_graph=True)
        norm = torch.stack([slope.norm() for slope in slopes]).norm().clamp_min(1e-12)
        moved = {
            name: p + self.sharpness * slope / norm
            for (name, p), slope in zip(named.items(), slopes, strict=True)
        }
        inputs, labels = batch["source"]
        n = len(inputs)
        if self.batch_norm == "joint":
            inputs = torch.cat([inputs, batch["target"]])
        return F.cross_entropy(functional_call(self, moved, inputs)[:n], labels)

    def parameter_groups(self) -> list[dict[str, Any]]:
        return self.network_and_others(self.discriminator_lr)
