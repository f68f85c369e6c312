"""Any two PyTorch datasets as a transfer task."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any

import torch
from PIL import Image
from torch import Tensor
from torch.utils.data import Dataset
from torchvision.transforms.v2.functional import pil_to_tensor

from da.data.base import TransferTask
from da.data.samples import Domain, Inputs, Samples, Stored


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
            self.domains = names  # type: ignore[misc]
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


class Items(Stored):
    """Inputs of a dataset, read when they are needed.

    Args:
        dataset: A dataset with a length.
        name: What errors call it.
        positions: Which items; all by default.
    """

    def __init__(self, dataset: Any, name: str, positions: Sequence[int] | None = None) -> None:
        self.dataset, self.name = dataset, name
        self.positions = range(len(dataset)) if positions is None else positions

    def __len__(self) -> int:
        return len(self.positions)

    def select(self, positions: Sequence[int]) -> "Items":
        return Items(self.dataset, self.name, [self.positions[i] for i in positions])

    def read(self, position: int) -> Tensor:
        item = self.dataset[self.positions[position]]
        value = item[0] if isinstance(item, (tuple, list)) else item
        if isinstance(value, Image.Image):
            return pil_to_tensor(value.convert("RGB"))
        if isinstance(value, Tensor) and value.ndim == 1:
            return value.float()
        if isinstance(value, Tensor) and value.ndim == 3 and value.dtype == torch.uint8:
            return value
        if isinstance(value, Tensor) and value.ndim == 3 and value.is_floating_point():
            # written so that NaN is refused too
            if not (value.min() >= 0 and value.max() <= 1):
                raise ValueError(
                    f"item {self.positions[position]} of {self.name!r} has pixels from "
                    f"{float(value.min()):.3g} to {float(value.max()):.3g}; give images in [0, 1] "
                    f"or as bytes, before they are standardized"
                )
            return value.mul(255).round().byte()
        what = f"a tensor {(*value.shape,)}" if isinstance(value, Tensor) else type(value).__name__
        raise ValueError(
            f"item {self.positions[position]} of {self.name!r} is {what}; an input is a PIL image, "
            f"a tensor (c, h, w) of bytes or of floats in [0, 1], or one (d,) of floats"
        )

    @property
    def labeled(self) -> bool:
        """Whether items are pairs of input and label."""
        item = self.dataset[self.positions[0]]
        return isinstance(item, (tuple, list)) and len(item) == 2

    def label(self, position: int) -> int:
        """Return the label of one item.

        Raises:
            ValueError: If it is no integer.
        """
        item = self.dataset[self.positions[position]]
        label = torch.as_tensor(item[1])
        if label.numel() != 1 or label.is_floating_point():
            raise ValueError(
                f"the label of item {self.positions[position]} of {self.name!r} is no integer; "
                f"got {item[1]!r}"
            )
        return int(label)

    def together(self) -> Tensor:
        """Return all inputs in one tensor.

        Raises:
            ValueError: If they have several sizes.
        """
        inputs = [self.read(i) for i in range(len(self))]
        if len(sizes := {tuple(x.shape) for x in inputs}) > 1:
            raise ValueError(
                f"the inputs of {self.name!r} have several sizes, such as {sorted(sizes)[:2]}; "
                f"leave in_memory out and choose a transform, such as da.data.Resize"
            )
        return torch.stack(inputs)


def _check_length(dataset: Any, role: str) -> None:
    if not hasattr(dataset, "__len__") or not hasattr(dataset, "__getitem__"):
        raise ValueError(
            f"the {role} dataset has no length or no items by position; got "
            f"{type(dataset).__name__}; give a map-style dataset"
        )
    if len(dataset) == 0:
        raise ValueError(f"the {role} dataset has no items; give at least one")
