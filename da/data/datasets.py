"""Any two PyTorch datasets as a transfer task."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any

import torch
from torch.utils.data import Dataset

from da.data.base import TransferTask
from da.data.items import Items
from da.data.samples import Domain, Inputs, Samples


class Datasets(TransferTask):
    """Adapt from one PyTorch dataset to another.

    A source item is ``(input, label)``, a target item ``input`` or ``(input, label)``; labels of
    the target are for the report alone. An input is an image, as PIL has it (it becomes RGB) or a
    tensor ``(c, h, w)``, uint8 or float in [0, 1]; or a feature vector, float ``(d,)``. Give
    images before any standardization; ``pixels`` of the class says how it is done. Random
    augmentations belong in ``transform``, as runs can be repeated only if an item stays the same.

    For ``da bench``, which builds tasks by name, derive a class and name its import path::

        class Rooms(Datasets):
            domains = ("catalogue", "phone")

            def __init__(self, source: str, target: str, **kwargs: Any) -> None:
                super().__init__(
                    ImageFolder(f"rooms/{source}"),
                    ImageFolder(f"rooms/{target}"),
                    num_classes=12,
                    names=(source, target),
                    **kwargs,
                )

    Args:
        source: Labelled items.
        target: Items to adapt to.
        target_test: Labelled items to score on; else the protocol holds some of the target out.
        num_classes: Number of classes; the largest label of the source plus one by default.
        class_names: Their names; numbers by default.
        names: What the two domains are called.
        in_memory: Read each dataset once, into memory; its inputs must have one size.
        **kwargs: See :class:`TransferTask`.

    Raises:
        ValueError: If a dataset has no length or no item, or names and number of classes differ.
    """

    domains = ("source", "target")

    def __init__(
        self,
        source: Dataset,
        target: Dataset,
        *,
        target_test: Dataset | None = None,
        num_classes: int | None = None,
        class_names: Sequence[str] | None = None,
        names: tuple[str, str] = ("source", "target"),
        in_memory: bool = False,
        **kwargs: Any,
    ) -> None:
        if type(self).domains is Datasets.domains:
            self.domains = names
        super().__init__(*names, **kwargs)
        if class_names is not None and num_classes not in (None, len(class_names)):
            raise ValueError(f"{num_classes} classes have {num_classes} names; got {class_names}")
        self._datasets = {"source": source, "target": target, "test": target_test}
        for role, dataset in self._datasets.items():
            if dataset is not None:
                _check_length(dataset, role)
        self._num_classes = len(class_names) if class_names else num_classes
        self._class_names, self._in_memory = class_names, in_memory

    @property
    def num_classes(self) -> int:  # type: ignore[override]
        return self._num_classes or int(self._source.labels.max()) + 1

    @cached_property
    def in_channels(self) -> int:  # type: ignore[override]
        return len(Items(self._datasets["source"], self.source).read(0))

    @property
    def class_names(self) -> Sequence[str]:
        return self._class_names or super().class_names

    def domain(self, name: str) -> Domain:
        self._check_domain(name)
        if name == self.source:
            return Domain(self._source)
        train = self._read("target", name)
        if self._datasets["test"] is None:
            return Domain(train)
        test = self._read("test", f"{name}-test")
        if not isinstance(test, Samples):
            raise ValueError(
                "the items of target_test have no labels to measure with; leave it out"
            )
        return Domain(train, test)

    @cached_property
    def _source(self) -> Samples:
        samples = self._read("source", self.source)
        if not isinstance(samples, Samples):
            raise ValueError(
                f"an item of the source is (input, label); those of {self.source!r} have no label"
            )
        return samples

    def _read(self, role: str, name: str) -> Samples | Inputs:
        items = Items(self._datasets[role], name)
        ids = tuple(f"{name}-{i:06d}" for i in range(len(items)))
        labels = None
        if items.labeled:
            labels = torch.tensor([items.label(i) for i in range(len(items))])
            if labels.min() < 0 or (self._num_classes and labels.max() >= self._num_classes):
                raise ValueError(
                    f"the labels of {name!r} are integers from 0 to {self.num_classes - 1}; "
                    f"got {int(labels.min())} to {int(labels.max())}"
                )
        inputs = items.together() if self._in_memory else items
        return Inputs(inputs, ids) if labels is None else Samples(inputs, labels, ids)


def _check_length(dataset: Any, role: str) -> None:
    if not hasattr(dataset, "__len__") or not hasattr(dataset, "__getitem__"):
        raise ValueError(
            f"the {role} dataset has no length or no items by position; got "
            f"{type(dataset).__name__}; give a map-style dataset"
        )
    if len(dataset) == 0:
        raise ValueError(f"the {role} dataset has no items; give at least one")
