"""Dynamic adversarial adaptation network."""

from typing import Any

import torch
from torch import Tensor, nn

from da.batch import Labeled, Unlabeled
from da.layers import Discriminator, reverse_gradient
from da.losses import domain_classification
from da.methods.base import JointTraining


class DAAN(JointTraining):
    """Set one discriminator of all samples and one of each class against the network, in balance.

    Yu et al., *Transfer Learning with Dynamic Adversarial Adaptation Network*, ICDM 2019, Eq. 4-9.
    https://arxiv.org/abs/1909.08184

    The share of the local discriminators is ``d_g / (d_g + d_l)``, where ``d = 2 (1 - 2 error)`` is
    the A-distance that the global one and, on average, the local ones find. Their errors are those
    of the batches, averaged over the last steps; the paper updates the share once an epoch. A local
    discriminator sees the features times the probability of its class, through which no gradient
    flows. The losses of the classes are averaged, where the paper sums them.

    Args:
        width: Units of each hidden layer of each discriminator.
        depth: Hidden layers of each discriminator.
        discriminator_lr: Learning rate of the discriminators as a multiple of the network's.
        memory: Decay of the averages of the distances, in [0, 1).
        **kwargs: See :class:`JointTraining`.
    """

    family = "adversarial"
    assumes = "in part equal class proportions: the global discriminator"
    hurts = "if proportions differ, or wrong predictions pick the class to align with"
    distances: Tensor

    def __init__(
        self,
        *,
        width: int = 1024,
        depth: int = 2,
        discriminator_lr: float = 1.0,
        memory: float = 0.98,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        if not (discriminator_lr > 0 and 0 <= memory < 1):
            raise ValueError(
                "the discriminators' learning rate is positive and the memory lies in [0, 1); got "
                f"discriminator_lr={discriminator_lr} and memory={memory}"
            )
        d, k = self.backbone.out_features, self.classifier.out_features
        self.discriminator = Discriminator(d, width, depth)
        self.local_discriminators = nn.ModuleList(Discriminator(d, width, depth) for _ in range(k))
        self.discriminator_lr, self.memory = discriminator_lr, memory
        # The largest distances, global and local, so that training starts with equal shares.
        self.register_buffer("distances", torch.full((2,), 2.0))

    def adaptation_loss(self, source: Labeled, target: Unlabeled) -> Tensor:
        features = torch.cat([source.features, target.features])
        probabilities = torch.cat([source.logits, target.logits]).detach().softmax(1)
        sizes = [len(source.features), len(target.features)]
        seen = reverse_gradient(features, self.weight)
        everything = self.discriminator(seen).split(sizes)
        classes = [
            discriminator(seen * share).split(sizes)
            for discriminator, share in zip(
                self.local_discriminators, probabilities.T.unsqueeze(2), strict=True
            )
        ]
        share = self.share
        self.observe(_distance(*everything), torch.stack([_distance(*c) for c in classes]).mean())
        self.monitored["local_share"] = share
        local_loss = torch.stack([domain_classification(*c) for c in classes]).mean()
        return (1 - share) * domain_classification(*everything) + share * local_loss

    @property
    def share(self) -> Tensor:
        """Share of the local discriminators in the loss, in [0, 1]."""
        return self.distances[0] / self.distances.sum()

    @torch.no_grad()
    def observe(self, everything: Tensor, local: Tensor) -> None:
        """Take the distances of a batch into the averages."""
        # Not exactly zero, so that the share exists where neither finds a difference.
        new = torch.stack([everything, local]).clamp_min(1e-3).to(self.distances)
        self.distances.mul_(self.memory).add_(new, alpha=1 - self.memory)

    def parameter_groups(self) -> list[dict[str, Any]]:
        return self.network_and_others(self.discriminator_lr)


def _distance(source: Tensor, target: Tensor) -> Tensor:
    """A-distance from the share of each domain that is mistaken for the other."""
    error = ((source <= 0).float().mean() + (target > 0).float().mean()) / 2
    return 2 * (1 - 2 * error)
