"""What all methods share: network, optimizer, evaluation, and the two kinds of training."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from typing import Any, ClassVar, Literal

import torch
import torch.nn.functional as F
from pytorch_lightning import LightningModule
from pytorch_lightning.cli import OptimizerCallable
from torch import Tensor, nn
from torch.optim import Optimizer
from torch.optim.lr_scheduler import LambdaLR

from da.backbones import Backbone, DigitCNN
from da.batch import Batch, Labeled, Unlabeled
from da.methods.hyperparameters import save_as_specs
from da.schedules import constant, sigmoid_ramp
from da.streams import stream_seed

BackboneCallable = Callable[[int], Backbone]
HeadCallable = Callable[[int, int], nn.Module]
Schedule = Callable[[float], float]


class NotApplicable(ValueError):
    """The method cannot be used with this network or data, which says nothing against it."""


class DomainAdaptation(LightningModule, ABC):
    """Network, optimizer and evaluation of every method.

    Args:
        num_classes: Classes of the source; the CLI takes it from the data.
        in_channels: Channels of the inputs; the CLI takes it from the data.
        backbone: Makes the feature extractor for a number of input channels.
        optimizer: Makes the optimizer for parameter groups.
        lr_schedule: Factor on the learning rate as a function of the training progress in [0, 1].
        head: Makes the classifier for a number of features and of classes.
        backbone_lr: Learning rate of the backbone as a multiple of the network's, but for a new
            layer at its end; positive. Long et al., *Learning Transferable Features with Deep
            Adaptation Networks*, ICML 2015, Sec. 5.1: layers that start from ImageNet have a tenth
            (https://arxiv.org/abs/1502.02791).
        backbone_momentum: Momentum of those layers, in [0, 1); None for that of the optimizer. Some
            authors have momentum in the new layers alone.
    """

    #: What the method is, in a word or two; ``da methods`` lists methods by it.
    family: ClassVar[str] = "others"
    #: Label spaces it is made for: "closed-set", "partial" (the target lacks classes), or both.
    settings: ClassVar[tuple[str, ...]] = ("closed-set",)
    #: What has to hold of the classes for it to help.
    assumes: ClassVar[str] = "not stated"
    #: When it tends to do harm.
    hurts: ClassVar[str] = "not stated"
    #: Whether it makes the domains' distributions alike whatever their classes, or takes target
    #: classes for equally frequent: another class prior of the target then makes it do harm.
    matches_marginals: ClassVar[bool] = True
    #: Whose training labels the method uses: "target" for the ceiling alone.
    labeled_domain: ClassVar[Literal["source", "target"]] = "source"
    #: Whether training depends on the target's inputs.
    uses_target: ClassVar[bool] = True
    #: Whether training batches must hold a strongly augmented view of the target.
    needs_second_view: ClassVar[bool] = False
    #: Whether it learns by optimizer steps; if not, one step stands for the training.
    takes_steps: ClassVar[bool] = True
    #: Buffers with one row for each training sample, which a checkpoint may have more or less of.
    sized_by_data: ClassVar[tuple[str, ...]] = ()
    #: Parts of the network that is evaluated; what else has parameters serves training alone.
    network: ClassVar[tuple[str, ...]] = ("backbone", "classifier")
    #: Whether batch normalization sees both domains in one batch; None if it sees one domain only.
    batch_norm: Literal["joint", "separate"] | None = None

    def __init__(
        self,
        num_classes: int,
        in_channels: int = 3,
        backbone: BackboneCallable = DigitCNN,
        optimizer: OptimizerCallable = torch.optim.Adam,
        lr_schedule: Schedule = constant,
        head: HeadCallable = nn.Linear,
        backbone_lr: float = 1.0,
        backbone_momentum: float | None = None,
    ) -> None:
        super().__init__()
        if num_classes < 2:
            raise ValueError(f"a classifier has at least 2 classes; got num_classes={num_classes}")
        if not backbone_lr > 0:
            raise ValueError(f"the backbone's learning rate is positive; got {backbone_lr=}")
        if backbone_momentum is not None and not 0 <= backbone_momentum < 1:
            raise ValueError(f"the backbone's momentum lies in [0, 1); got {backbone_momentum=}")
        save_as_specs(self)
        self.backbone = backbone(in_channels)
        self.classifier: Any = head(self.backbone.out_features, num_classes)
        self.optimizer, self.lr_schedule, self.head = optimizer, lr_schedule, head
        self.backbone_lr, self.backbone_momentum = backbone_lr, backbone_momentum

    @abstractmethod
    def training_step(self, batch: Batch, batch_idx: int) -> dict[str, Any]:
        """Return ``loss`` and the other scalars to log."""

    def embed(self, inputs: Tensor) -> tuple[Tensor, Tensor]:
        """Return features ``(n, d)`` and logits ``(n, k)``."""
        features = self.backbone(inputs)
        return features, self.classifier(features)

    def embed_both(
        self, source: Tensor, target: Tensor
    ) -> tuple[tuple[Tensor, Tensor], tuple[Tensor, Tensor]]:
        """Embed both domains in one pass, or one after the other if ``batch_norm`` says so."""
        if self.batch_norm == "separate":
            return self.embed(source), self.embed(target)
        features, logits = self.embed(torch.cat([source, target]))
        # One split has one backward; two slices would each fill a gradient of the whole batch.
        sizes = [len(source), len(target)]
        return tuple(zip(features.split(sizes), logits.split(sizes), strict=True))  # type: ignore[return-value]

    def forward(self, inputs: Tensor) -> Tensor:
        """Return logits ``(n, k)``."""
        return self.embed(inputs)[1]

    def adapt_statistics(self, target: Iterable[Tensor]) -> None:
        """Prepare the network for evaluation on the target; most methods have nothing to do.

        Args:
            target: Unlabelled inputs that were adapted to, batch after batch.
        """

    def parameter_groups(self) -> list[dict[str, Any]]:
        """Return optimizer groups; ``lr_scale`` multiplies the optimizer's learning rate."""
        return [{"params": list(self.parameters()), "lr_scale": 1.0}]

    def network_and_others(self, scale: float) -> list[dict[str, Any]]:
        """Return two optimizer groups: the network, and what serves training alone.

        Args:
            scale: Learning rate of the second group as a multiple of the network's.
        """
        named = [(name.split(".")[0], p) for name, p in self.named_parameters() if p.requires_grad]
        network = [p for part, p in named if part in self.network]
        others = [p for part, p in named if part not in self.network]
        return [{"params": network, "lr_scale": 1.0}, {"params": others, "lr_scale": scale}]

    def make_optimizer(self, groups: list[dict[str, Any]]) -> Optimizer:
        """Return the optimizer of these parameter groups, each with its own learning rate.

        Where the backbone has a learning rate or momentum of its own, its parameters are groups of
        their own.
        """
        if self.backbone_lr != 1 or self.backbone_momentum is not None:
            groups = [part for group in groups for part in self._parted(group)]
        scales = [g.pop("lr_scale") for g in groups]
        optimizer = self.optimizer(groups)
        if self.backbone_momentum is not None and "momentum" not in optimizer.defaults:
            raise ValueError(
                f"{type(optimizer).__name__} has no momentum, so that backbone_momentum="
                f"{self.backbone_momentum} has no effect; leave it out or take torch.optim.SGD"
            )
        for group, scale in zip(optimizer.param_groups, scales, strict=True):
            group["lr"] *= scale
        return optimizer

    def _parted(self, group: dict[str, Any]) -> list[dict[str, Any]]:
        """Split a group into what is not of the backbone's trunk and what is; none is empty."""
        trunk = {id(p) for p in self.backbone.trunk.parameters()}
        split: dict[bool, list[nn.Parameter]] = {False: [], True: []}
        for parameter in group["params"]:
            split[id(parameter) in trunk].append(parameter)
        own = {"params": split[True], "lr_scale": group["lr_scale"] * self.backbone_lr}
        if self.backbone_momentum is not None:
            own["momentum"] = self.backbone_momentum
        parts = [{**group, "params": split[False]}, {**group, **own}]
        return [part for part in parts if part["params"]]

    def configure_optimizers(self) -> Any:
        optimizer = self.make_optimizer(self.parameter_groups())
        steps = max(self.trainer.max_steps, 1)  # a wrong number is refused when training starts
        scheduler = LambdaLR(optimizer, lambda step: self.lr_schedule(min(step / steps, 1.0)))
        return {
            "optimizer": optimizer,
            "lr_scheduler": {"scheduler": scheduler, "interval": "step"},
        }

    @property
    def progress(self) -> float:
        """Training steps done over all training steps, in [0, 1]; a step is one batch."""
        return self.global_step / self.trainer.max_steps

    def on_fit_start(self) -> None:
        if self.trainer.max_steps < 1:
            raise ValueError(
                "schedules need the number of optimizer steps; set trainer.max_steps to at least 1 "
                f"(it is {self.trainer.max_steps})"
            )
        data = getattr(self.trainer, "datamodule", None)
        labeled = getattr(data, "labeled_domain", self.labeled_domain)
        if labeled != self.labeled_domain:
            raise ValueError(
                f"{type(self).__name__} trains on the {self.labeled_domain}'s labels, but the data "
                f"offers the {labeled}'s; set data.labeled_domain={self.labeled_domain}"
            )

    def on_train_start(self) -> None:
        # Whatever a method's own networks drew, dropout starts as that of its source-only twin.
        seed = getattr(getattr(self.trainer, "datamodule", None), "seed", 0)
        torch.manual_seed(stream_seed("dropout", seed))

    def on_train_batch_end(self, outputs: Any, batch: Batch, batch_idx: int) -> None:
        # Not self.log: it costs a third of a millisecond in every step, whoever listens.
        every = self.trainer.log_every_n_steps  # type: ignore[attr-defined]
        if every == 0 or self.global_step % every:
            return
        scalars = {
            f"train/{name}": float(value.detach() if isinstance(value, Tensor) else value)
            for name, value in outputs.items()
        }
        if not all(map(_is_finite, scalars.values())):
            raise FloatingPointError(
                f"training diverged: at step {self.global_step} "
                + ", ".join(f"{k} is {v}" for k, v in scalars.items() if not _is_finite(v))
            )
        groups = [g for optimizer in self.trainer.optimizers for g in optimizer.param_groups]
        for i, group in enumerate(groups):
            scalars[f"train/lr_{i}" if i else "train/lr"] = group["lr"]
        for logger in self.loggers:
            logger.log_metrics(scalars, self.global_step)

    def validation_step(self, batch: Any, batch_idx: int, dataloader_idx: int = 0) -> Any:
        """Return ``Labeled`` source or ``Unlabeled`` target samples, for validators."""
        if isinstance(batch, Tensor):
            return Unlabeled(*self.embed(batch))
        inputs, labels = batch
        return Labeled(*self.embed(inputs), labels)

    def test_step(self, batch: tuple[Tensor, Tensor], batch_idx: int) -> None:
        inputs, labels = batch
        correct = (self(inputs).argmax(1) == labels).float()
        self.log("oracle/accuracy", correct.mean(), batch_size=len(labels))

    def predict_step(self, batch: Tensor, batch_idx: int) -> Tensor:
        return self(batch).softmax(1)

    def task_step(self, batch: Batch, label_smoothing: float = 0.0) -> dict[str, Any]:
        """Train on the labelled domain alone."""
        inputs, labels = batch["source"]
        loss = F.cross_entropy(self(inputs), labels, label_smoothing=label_smoothing)
        return {"loss": loss, "task_loss": loss}


class JointTraining(DomainAdaptation, ABC):
    """Minimize the source cross-entropy plus one adaptation term, which a subclass states.

    With weight 0 there is no adaptation: the target is not even passed through the network, so
    training is that of source-only, bit for bit.

    Args:
        weight: Largest weight of the adaptation term; non-negative.
        ramp: Share of that weight as a function of the training progress in [0, 1].
        batch_norm: Whether batch normalization sees both domains in one batch ("joint") or one
            after the other ("separate").
        **kwargs: See :class:`DomainAdaptation`.
    """

    def __init__(
        self,
        *,
        weight: float = 1.0,
        ramp: Schedule = sigmoid_ramp,
        batch_norm: Literal["joint", "separate"] = "joint",
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        if not weight >= 0:
            raise ValueError(f"the weight of an adaptation term is at least 0; got weight={weight}")
        self.max_weight, self.ramp, self.batch_norm = weight, ramp, batch_norm
        self.monitored: dict[str, Tensor] = {}

    @property
    def changes_task_loss(self) -> bool:
        """Whether ``losses`` returns another task loss than the plain cross-entropy."""
        return False

    @abstractmethod
    def adaptation_loss(self, source: Labeled, target: Unlabeled) -> Tensor:
        """Return the adaptation term, weighted by ``self.weight`` as in its paper."""

    def losses(self, batch: Batch, source: Labeled, target: Unlabeled) -> tuple[Tensor, Tensor]:
        """Return the task loss and the adaptation term; of use to terms that need the inputs."""
        task_loss = F.cross_entropy(source.logits, source.labels)
        return task_loss, self.adaptation_loss(source, target)

    @property
    def weight(self) -> float:
        """Weight of the adaptation term at this step."""
        return self.max_weight * self.ramp(self.progress)

    def training_step(self, batch: Batch, batch_idx: int) -> dict[str, Any]:
        """Embed both domains and add up the two losses."""
        if self.max_weight == 0:
            return self.task_step(batch)
        inputs, labels = batch["source"]
        source, target = self.embed_both(inputs, batch["target"])
        task_loss, adaptation_loss = self.losses(
            batch, Labeled(*source, labels), Unlabeled(*target)
        )
        return {
            "loss": task_loss + adaptation_loss,
            "task_loss": task_loss,
            "adaptation_loss": adaptation_loss,
            "weight": self.weight,
            **self.monitored,
        }


def _is_finite(value: float) -> bool:
    return abs(value) < float("inf")
