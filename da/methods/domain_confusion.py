"""Domain confusion."""

from typing import Any

import torch
from torch import Tensor
from torch.func import functional_call

from da.batch import Labeled, Unlabeled
from da.layers import Discriminator
from da.losses import domain_classification
from da.losses import domain_confusion as confusion
from da.methods.base import JointTraining


class DomainConfusion(JointTraining):
    """Learn features on which a discriminator is undecided, where DANN wants it to be wrong.

    Tzeng et al., *Simultaneous Deep Transfer Across Domains and Tasks*, ICCV 2015, Eq. 5-9, without
    its soft labels, which need labelled target samples. https://arxiv.org/abs/1510.02192

    The discriminator learns from the features as they are; the features learn with the
    discriminator as it is. Both happen in one step, where the paper takes turns.

    Args:
        width: Units of each hidden layer of the discriminator.
        depth: Hidden layers of the discriminator.
        discriminator_lr: Learning rate of the discriminator as a multiple of the network's.
        **kwargs: See :class:`JointTraining`.
    """

    family = "adversarial"
    assumes = "equal class proportions"
    hurts = "if proportions differ; at large weights the features lose the classes"

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
        sizes = [len(source.features), len(target.features)]
        fixed = {name: p.detach() for name, p in self.discriminator.named_parameters()}
        own_loss = domain_classification(*self.discriminator(features.detach()).split(sizes))
        confused = confusion(*functional_call(self.discriminator, fixed, features).split(sizes))
        self.monitored["discriminator_loss"] = own_loss
        return own_loss + self.weight * confused

    def parameter_groups(self) -> list[dict[str, Any]]:
        return self.network_and_others(self.discriminator_lr)
