"""Several optimizer steps in each training step, for parts of the networks that are opponents."""

from abc import ABC, abstractmethod
from typing import Any

import torch
from torch import Tensor
from torch.optim import Optimizer

from da.batch import Batch
from da.methods.base import DomainAdaptation


class Alternating(DomainAdaptation, ABC):
    """Minimize losses of several players, in turns or at once, in each training step.

    A player is a part of the networks with an optimizer of its own. Steps are batches, as in every
    other method: ``max_steps``, schedules, validation, checkpoints and logs do not depend on how
    often a method steps its optimizers in one batch.

    Args:
        **kwargs: See :class:`DomainAdaptation`.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        # Lightning would count each optimizer's step as a step of the training.
        self.automatic_optimization = False

    @abstractmethod
    def players(self) -> dict[str, list[dict[str, Any]]]:
        """Return the parameter groups of each optimizer, by the player's name."""

    @abstractmethod
    def alternate(self, batch: Batch) -> dict[str, Any]:
        """Train on one batch; return ``loss`` and the other scalars to log."""

    def minimize(self, **losses: Tensor) -> None:
        """Take one step of each named player along the gradient of its own loss.

        All gradients are computed before the first player moves, so that losses may share a graph.
        A player's gradient flows to its own parameters alone, whatever else the loss depends on.

        Args:
            **losses: Loss by the player's name; several players may share one tensor.
        """
        optimizers = dict(zip(self.players(), self.trainer.optimizers, strict=True))
        distinct = list({id(loss): loss for loss in losses.values()}.values())
        for loss in distinct:
            movers = [optimizers[name] for name, own in losses.items() if own is loss]
            parameters = [p for optimizer in movers for p in _trainable(optimizer)]
            gradients = torch.autograd.grad(
                self.trainer.precision_plugin.pre_backward(loss, self),
                parameters,
                retain_graph=loss is not distinct[-1],
                allow_unused=True,  # as a backbone may have parameters that it does not use
            )
            for parameter, gradient in zip(parameters, gradients, strict=True):
                # The average over processes, which is left to us with several backward passes.
                parameter.grad = (
                    None if gradient is None else self.trainer.strategy.reduce(gradient)
                )
        for name in losses:
            self.trainer.strategy.optimizer_step(optimizers[name], _nothing)

    def training_step(self, batch: Batch, batch_idx: int) -> dict[str, Any]:
        """Let the method alternate, then count one step and set the next learning rates."""
        outputs = self.alternate(batch)
        steps = self.trainer.fit_loop.epoch_loop.manual_optimization.optim_step_progress
        steps.increment_ready()
        steps.increment_completed()
        for optimizer in self.trainer.optimizers:
            self._set_learning_rates(optimizer, min(self.progress, 1.0))
        # A scalar that is only logged should not keep the graph of its step.
        return {k: v.detach() if isinstance(v, Tensor) else v for k, v in outputs.items()}

    def parameter_groups(self) -> list[dict[str, Any]]:
        return [group for groups in self.players().values() for group in groups]

    def configure_optimizers(self) -> list[Optimizer]:
        optimizers = [self.make_optimizer(groups) for groups in self.players().values()]
        for optimizer in optimizers:
            for group in optimizer.param_groups:
                group["initial_lr"] = group["lr"]
            self._set_learning_rates(optimizer, 0.0)
        return optimizers

    def _set_learning_rates(self, optimizer: Optimizer, progress: float) -> None:
        # Not torch's scheduler: it warns where an optimizer has its first step late in training.
        for group in optimizer.param_groups:
            group["lr"] = group["initial_lr"] * self.lr_schedule(progress)


def _trainable(optimizer: Optimizer) -> list[Tensor]:
    return [p for group in optimizer.param_groups for p in group["params"] if p.requires_grad]


def _nothing() -> None:
    """Do what is left to do when gradients are there already."""
