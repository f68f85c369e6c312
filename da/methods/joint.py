"""Several adaptation terms at once."""

from collections.abc import Callable
from typing import Any, Protocol, runtime_checkable

import torch
import torch.nn.functional as F
from pytorch_lightning import LightningModule
from torch import Tensor

from da.backbones import DigitCNN
from da.batch import Batch, Labeled, Unlabeled
from da.methods.base import BackboneCallable, JointTraining, Schedule
from da.schedules import constant

#: What a method may state of its own and still be a term of a sum.
STATED = {"__init__", "adaptation_loss", "losses", "parameter_groups"}


@runtime_checkable
class Term(Protocol):
    """Makes a method whose adaptation term is added; a class such as ``da.methods.MCC`` does."""

    def __call__(
        self, *, num_classes: int, in_channels: int, backbone: BackboneCallable
    ) -> JointTraining: ...


class Joint(JointTraining):
    """Minimize the source cross-entropy plus the adaptation terms of several methods.

    Each term is a method as it is: its loss, its weight and ramp, its own networks such as a
    discriminator and their learning rate. All share this method's backbone and classifier, which
    are initialized as each of them alone would be. Of their other options, those that concern the
    training as a whole (optimizer, schedule, batch normalization) are this method's.

    Combinations of the kind: Jin et al., *Minimum Class Confusion for Versatile Domain Adaptation*,
    ECCV 2020, Sec. 4, who add their term to others. https://arxiv.org/abs/1912.03699

    Args:
        terms: What makes the methods: classes, or partials of them.
        weight: Factor on all terms' weights; non-negative.
        ramp: Factor on all terms' weights as a function of the training progress in [0, 1], besides
            the ramps of their own.
        **kwargs: See :class:`JointTraining`.

    Raises:
        ValueError: If there is no term, or one whose training is more than the sum of two losses.
    """

    family = "combinations"
    assumes = "what its terms assume"
    hurts = "where one of its terms does"
    matches_marginals = False  # its terms say

    def __init__(
        self,
        num_classes: int,
        in_channels: int = 3,
        backbone: BackboneCallable = DigitCNN,
        *,
        terms: list[Term],
        weight: float = 1.0,
        ramp: Schedule = constant,
        **kwargs: Any,
    ) -> None:
        state = torch.get_rng_state()
        super().__init__(
            num_classes=num_classes,
            in_channels=in_channels,
            backbone=backbone,
            weight=weight,
            ramp=ramp,
            **kwargs,
        )
        if not terms:
            raise ValueError("a joint training has at least 1 term; got terms=[]")
        self.shares: dict[str, float] = {}
        for term in terms:
            # As alone: the same backbone and classifier as ours, then what is the term's own.
            torch.set_rng_state(state)
            method = term(num_classes=num_classes, in_channels=in_channels, backbone=backbone)
            _check(method)
            for part in ("backbone", "classifier"):
                delattr(method, part)
                method.__dict__[part] = getattr(self, part)  # ours, and in nobody's state twice
            name = type(method).__name__.lower()
            if name in self.shares:
                raise ValueError(f"a method is one term at most; got {type(method).__name__} twice")
            self.shares[name] = method.max_weight
            self.add_module(name, method)
        if not any(self.shares.values()):
            self.max_weight = 0.0  # nothing is adapted: see JointTraining

    def adaptation_loss(self, source: Labeled, target: Unlabeled) -> Tensor:
        return self._sum(lambda method: method.adaptation_loss(source, target))

    def losses(self, batch: Batch, source: Labeled, target: Unlabeled) -> tuple[Tensor, Tensor]:
        task_loss = F.cross_entropy(source.logits, source.labels)
        return task_loss, self._sum(lambda method: method.losses(batch, source, target)[1])

    def _sum(self, loss: Callable[[Any], Tensor]) -> Tensor:
        losses = {}
        for name, share in self.shares.items():
            method: Any = getattr(self, name)
            method.max_weight = self.weight * share
            losses[f"{name}_loss"] = loss(method)
            self.monitored |= {f"{name}_{k}": v for k, v in method.monitored.items()}
        self.monitored |= losses
        return torch.stack([*losses.values()]).sum()

    def parameter_groups(self) -> list[dict[str, Any]]:
        network = [*self.backbone.parameters(), *self.classifier.parameters()]
        groups = [{"params": network, "lr_scale": 1.0}]
        shared = {id(p) for p in network}
        for name in self.shares:
            method: Any = getattr(self, name)
            for group in method.parameter_groups():
                own = [p for p in group["params"] if id(p) not in shared]
                groups += [{**group, "params": own}] if own else []
        return groups


def _check(method: LightningModule) -> None:
    """Refuse a method that does more than to state a term: it would be left out in silence."""
    classes = type(method).__mro__
    changed = {
        name
        for cls in (classes[: classes.index(JointTraining)] if JointTraining in classes else ())
        for name, value in vars(cls).items()
        if hasattr(JointTraining, name) and callable(value) and name not in STATED
    }
    reason = f"changes {', '.join(sorted(changed))}" if changed else None
    if not changed and getattr(method, "changes_task_loss", False):
        reason = "changes the task loss"
    if Joint in classes:
        reason = "is a sum itself"
    if JointTraining not in classes:
        reason = "states no adaptation loss"
    if reason:
        raise ValueError(
            f"{type(method).__name__} cannot be a term of a joint training: it {reason}; choose a "
            f"method that only states an adaptation loss"
        )
