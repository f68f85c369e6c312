"""Transfer tasks: one labelled source, one target whose training labels are absent."""

import difflib
from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal, cast

import torch
from pytorch_lightning import LightningDataModule
from torch import Tensor

from da.data.feed import SYMMETRIC, Pixels, Transform
from da.data.loaders import EvaluationBatches, PairedBatches
from da.data.protocols import Inductive, Protocol
from da.data.samples import Domain, Inputs, Samples, join
from da.data.scenarios import Plain, Scenario, Scene
from da.data.splits import few_of_each, fingerprint


@dataclass(frozen=True)
class TrainingData:
    """All that training, validation and model selection may see."""

    source_train: Samples
    source_val: Samples
    target_adapt: Inputs
    target_val: Inputs


@dataclass(frozen=True)
class ReportData:
    """What only the report may see: labelled target samples.

    Attributes:
        test: Held-out target samples.
        weights: How much each test sample counts, mean 1.
        adapt: The samples that were adapted to, with their labels (the transductive score); none
            if nobody has them.
    """

    test: Samples
    weights: Tensor
    adapt: Samples | None


class TransferTask(LightningDataModule, ABC):
    """Adapt from one domain of a data set to another.

    Args:
        source: Name of the labelled domain; several are joined by ``+``, such as
            ``amazon+webcam``.
        target: Name of the unlabelled domain.
        scenario: How the task departs from the two domains as they are.
        protocol: Which samples are trained on, adapted to and scored on; :class:`Inductive` by
            default.
        batch_size: Samples in a batch, of each domain.
        balance: What each batch holds equal shares of: the source's classes, or its domains where
            there are several.
        shift: Largest random shift of training images in memory, in pixels.
        transform: Changes one training image, uint8 ``(c, h, w)``; such as one of torchvision's v2.
        source_transform: Changes one training image of the source, in place of ``transform``.
        eval_transform: Changes one image that is evaluated.
        pixels: What images are standardized with; by default as the data set says: for photographs
            as networks pretrained on ImageNet mostly expect, else mostly to [-1, 1].
        strong: Makes a second, strongly augmented view of each target training image, which
            some methods learn from; by default what the data set takes for one.
        workers: Processes that read image files ahead.
        seed: Seed of order and augmentation; the CLI links it to ``seed_everything``.
        labeled_domain: Whose training labels are used; "target" only to train the ceiling.
        second_view: Make the strong view; the CLI takes it from the method.
        labels_per_class: How many labels of each class are used; all by default. The CLI takes it
            from the method, whose ceiling may have few.

    Raises:
        ValueError: If a domain does not exist, or is both source and target outside a scenario
            that says so.
    """

    domains: tuple[str, ...]
    num_classes: int
    in_channels: int = 3
    pixels: Pixels = SYMMETRIC
    #: Whether domains are read from files, which may be missing.
    reads_files: bool = False

    def __init__(
        self,
        source: str,
        target: str,
        scenario: Scenario | None = None,
        protocol: Protocol | None = None,
        batch_size: int = 64,
        balance: Literal["none", "classes", "domains"] = "none",
        shift: int = 0,
        transform: Transform | None = None,
        source_transform: Transform | None = None,
        eval_transform: Transform | None = None,
        pixels: Pixels | None = None,
        strong: Transform | None = None,
        workers: int = 0,
        seed: int = 0,
        labeled_domain: Literal["source", "target"] = "source",
        second_view: bool = False,
        labels_per_class: int | None = None,
    ) -> None:
        super().__init__()
        scenario = scenario or Plain()
        sources = source.split("+")
        for name in (*sources, target):
            self._check_domain(name)
        if len(sources) > 1 and len({*sources, target}) <= len(sources):
            raise ValueError(
                f"joined sources and the target are different domains; got source={source!r} "
                f"and target={target!r}"
            )
        if source == target and not scenario.same_domain:
            raise ValueError(
                f"source and target are both {source!r}; choose two domains, or the scenario "
                f"Halves for a control on one"
            )
        if source != target and scenario.same_domain:
            raise ValueError(
                f"the scenario {type(scenario).__name__} halves one domain; got source={source!r} "
                f"and target={target!r}, which would have to be the same"
            )
        if batch_size < 1 or shift < 0 or workers < 0:
            raise ValueError(
                f"a batch has at least 1 sample, a shift at least 0 pixels, and workers are not "
                f"negative; got {batch_size=}, {shift=}, {workers=}"
            )
        self.source, self.target, self.scenario = source, target, scenario
        self.protocol = protocol or Inductive()
        self.batch_size, self.balance, self.shift, self.seed = batch_size, balance, shift, seed
        self.transform, self.source_transform = transform, source_transform
        self.eval_transform, self.strong = eval_transform, strong
        self.pixels, self.workers = pixels or self.pixels, workers
        if labels_per_class is not None and labels_per_class < 1:
            raise ValueError(
                f"a class has at least 1 label, or all it has with null; got {labels_per_class=}"
            )
        self.labeled_domain, self.second_view = labeled_domain, second_view
        self.labels_per_class = labels_per_class

    @abstractmethod
    def domain(self, name: str) -> Domain:
        """Return one domain of the data set."""

    def prepare_data(self) -> None:
        """Find what is read from files, so that what is missing is told before anything runs."""
        if self.reads_files:
            _ = self.scene

    def default_strong(self) -> Transform | None:
        """Return what makes the strong view where nothing else is asked for; if anything does."""
        return None

    @property
    def class_names(self) -> Sequence[str]:
        return [str(c) for c in range(self.num_classes)]

    @cached_property
    def scene(self) -> Scene:
        """Both domains with the samples that take part, after the scenario."""
        return self.scenario.apply(
            join({n: self.protocol.source(n, self.domain(n)) for n in self.source.split("+")}),
            self.protocol.target(self.target, self.domain(self.target)),
            self.num_classes,
        )

    @cached_property
    def training_data(self) -> TrainingData:
        """What the protocol gives to training and validation.

        For the ceiling, the target's own training pool takes the place of the source. If it has a
        few labels of each class, it is validated on the samples that it is trained on: there is no
        other label to be had.
        """
        scene = self.scene
        labeled = scene.source if self.labeled_domain == "source" else Domain(scene.target.train)
        train, val = self.protocol.divide_source(labeled)
        if self.labels_per_class is not None:
            chosen = few_of_each(
                train.ids, train.labels.tolist(), self.labels_per_class, f"labels:{self.seed}"
            )
            train = val = train.select(chosen)
        adapt, target_val = self._target_split
        unlabeled = scene.target.train.without_labels()
        return TrainingData(train, val, unlabeled.select(adapt), unlabeled.select(target_val))

    @cached_property
    def report_data(self) -> ReportData:
        """The labelled target: never touched by training, validation or selection.

        Raises:
            ValueError: If nobody has labels of the target.
        """
        adapt, _ = self._target_split
        target = self.scene.target
        if target.test is None:
            raise ValueError(
                f"the target {self.target!r} has no labels to measure with; "
                f"da fit and da predict need none"
            )
        adapted = None if isinstance(target.train, Inputs) else target.train.select(adapt)
        return ReportData(target.test, self.scene.weights, adapted)

    def split(self) -> dict[str, Any]:
        """Return the protocol, sizes, and the sha256 of the ids of all splits, for records."""
        data, report = self.training_data, self.report_data
        ids = {
            "s_train": data.source_train.ids,
            "s_val": data.source_val.ids,
            "t_adapt": data.target_adapt.ids,
            "t_val": data.target_val.ids,
            "t_test": report.test.ids,
        }
        digests = [f"{name}={fingerprint(members)}" for name, members in ids.items()]
        return {
            "protocol": self.protocol.name,
            "n": {k: len(v) for k, v in ids.items()},
            "sha256": fingerprint(digests),
        }

    def train_dataloader(self) -> PairedBatches:
        steps = self.trainer.max_steps if self.trainer else -1
        if steps < 1:
            raise ValueError(
                f"training is counted in steps; got max_steps={steps}; set the trainer's max_steps "
                f"to the number of training steps"
            )
        data = self.training_data
        return PairedBatches(
            data.source_train,
            data.target_adapt,
            self.batch_size,
            self.seed,
            steps=steps,
            strata=self._strata(data.source_train),
            repeat=self.scenario.few_targets,
            shift=self.shift,
            transform=self.transform,
            source_transform=self.source_transform,
            strong=(self.strong or self.default_strong()) if self.second_view else None,
            workers=self.workers,
            device=self._device,
            pixels=self.pixels,
        )

    def val_dataloader(self) -> list[EvaluationBatches]:
        """Source validation samples with labels, target validation samples without."""
        return [
            self.evaluation(self.training_data.source_val),
            self.evaluation(self.training_data.target_val),
        ]

    def test_dataloader(self) -> EvaluationBatches:
        return self.evaluation(self.report_data.test)

    def predict_dataloader(self) -> EvaluationBatches:
        return self.evaluation(self.unlabeled_target())

    def unlabeled_target(self) -> Inputs:
        """The samples that predictions are written for: all of the target's training pool."""
        return self.scene.target.train.without_labels()

    def adaptation_dataloader(self) -> Iterable[Tensor]:
        """The unlabelled samples that are adapted to, once and in order."""
        return cast(Iterable[Tensor], self.evaluation(self.training_data.target_adapt))

    def source_dataloader(self) -> Iterable[tuple[Tensor, Tensor]]:
        """The labelled training samples, once, in order and as for evaluation."""
        return cast(
            Iterable[tuple[Tensor, Tensor]], self.evaluation(self.training_data.source_train)
        )

    def evaluation(
        self, samples: Samples | Inputs, device: str | torch.device | None = None
    ) -> EvaluationBatches:
        """Return the batches that evaluate these samples; on the trainer's device by default."""
        return EvaluationBatches(
            samples,
            256,
            transform=self.eval_transform,
            workers=self.workers,
            device=self._device,
            pixels=self.pixels,
        )

    def _strata(self, source: Samples) -> Tensor | None:
        """Return what each training sample is balanced by."""
        if self.balance == "classes" or self.labels_per_class is not None:
            return (
                source.labels
            )  # few samples also repeat within a batch, which permutations do not
        if self.balance == "none":
            return None
        # ids of joined domains begin with the domain
        names = [i.split("/", 1)[0] for i in source.ids] if "+" in self.source else []
        return torch.tensor([sorted(set(names)).index(name) for name in names] or [0] * len(source))

    @property
    def _device(self) -> torch.device:
        return self.trainer.strategy.root_device if self.trainer else torch.device("cpu")

    @cached_property
    def _target_split(self) -> tuple[list[int], list[int]]:
        return self._divide_target(self.scene.target.train)

    def _divide_target(self, pool: Samples | Inputs) -> tuple[list[int], list[int]]:
        """Return positions to adapt to and positions to validate on."""
        adapt, val = self.protocol.divide_target(pool)
        return self.scenario.adapted(pool.ids, adapt), val

    def _check_domain(self, name: str) -> None:
        if name in self.domains:
            return
        close = difflib.get_close_matches(name, self.domains, n=1)
        hint = f"; did you mean {close[0]!r}?" if close else ""
        raise ValueError(
            f"{type(self).__name__} has no domain {name!r}; it has {', '.join(self.domains)}{hint}"
        )
