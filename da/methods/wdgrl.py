"""Wasserstein distance guided representation learning."""

from typing import Any, Literal

import torch.nn.functional as F

from da.batch import Batch
from da.layers import Discriminator
from da.losses import gradient_penalty, wasserstein
from da.methods.alternating import Alternating
from da.methods.base import Schedule
from da.schedules import sigmoid_ramp


class WDGRL(Alternating):
    """Minimize the Wasserstein distance of the domains that a critic estimates.

    Shen et al., *Wasserstein Distance Guided Representation Learning for Domain Adaptation*, AAAI
    2018, Alg. 1. https://arxiv.org/abs/1707.01217

    In each step the critic first learns from the features as they are, then the network once. The
    weight may grow with the progress; in the paper it is constant.

    Args:
        weight: Largest weight of the distance in the network's loss; non-negative. With 0 training
            is that of source-only.
        ramp: Share of that weight as a function of the training progress in [0, 1].
        critic_steps: Steps of the critic for one of the network; at least 1.
        penalty: Weight of the gradient penalty; non-negative.
        width: Units of each hidden layer of the critic.
        depth: Hidden layers of the critic.
        critic_lr: Learning rate of the critic as a multiple of the network's.
        batch_norm: Whether batch normalization sees both domains in one batch ("joint") or one
            after the other ("separate").
        **kwargs: See :class:`Alternating`.
    """

    family = "adversarial"
    assumes = "equal class proportions"
    hurts = "if proportions differ: mass is moved across classes"

    def __init__(
        self,
        *,
        weight: float = 1.0,
        ramp: Schedule = sigmoid_ramp,
        critic_steps: int = 5,
        penalty: float = 10.0,
        width: int = 1024,
        depth: int = 1,
        critic_lr: float = 1.0,
        batch_norm: Literal["joint", "separate"] = "joint",
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        if not (weight >= 0 and penalty >= 0 and critic_lr > 0 and critic_steps >= 1):
            raise ValueError(
                "weight and penalty are at least 0, critic_lr is positive and critic_steps at "
                f"least 1; got weight={weight}, penalty={penalty}, critic_lr={critic_lr}, "
                f"critic_steps={critic_steps}"
            )
        self.max_weight, self.ramp, self.penalty = weight, ramp, penalty
        self.critic = Discriminator(self.backbone.out_features, width, depth, bias=False)
        self.critic_steps, self.critic_lr, self.batch_norm = critic_steps, critic_lr, batch_norm

    def players(self) -> dict[str, list[dict[str, Any]]]:
        network = [*self.backbone.parameters(), *self.classifier.parameters()]
        return {
            "network": [{"params": network, "lr_scale": 1.0}],
            "critic": [{"params": list(self.critic.parameters()), "lr_scale": self.critic_lr}],
        }

    @property
    def weight(self) -> float:
        """Weight of the distance at this step."""
        return self.max_weight * self.ramp(self.progress)

    def alternate(self, batch: Batch) -> dict[str, Any]:
        if self.max_weight == 0:
            outputs = self.task_step(batch)
            self.minimize(network=outputs["loss"])
            return outputs
        inputs, labels = batch["source"]
        (source, logits), (target, _) = self.embed_both(inputs, batch["target"])
        fixed = source.detach(), target.detach()
        for _ in range(self.critic_steps):
            estimate = wasserstein(*map(self.critic, fixed))
            self.minimize(critic=self.penalty * gradient_penalty(self.critic, *fixed) - estimate)
        task_loss = F.cross_entropy(logits, labels)
        distance = wasserstein(self.critic(source), self.critic(target))
        loss = task_loss + self.weight * distance
        self.minimize(network=loss)
        return {
            "loss": loss,
            "task_loss": task_loss,
            "adaptation_loss": self.weight * distance,
            "distance": distance,
            "weight": self.weight,
        }
