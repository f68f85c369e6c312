"""Samples with labels, without, and the two sides of a domain."""

import hashlib
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor


class Stored(ABC):
    """Inputs that stay where they are, such as image files, until a batch needs them.

    Workers receive copies of it, so it must be picklable and small.
    """

    @abstractmethod
    def __len__(self) -> int:
        """Return the number of samples."""

    @abstractmethod
    def select(self, positions: Sequence[int]) -> "Stored":
        """Return the samples at these positions, in this order, without reading them."""

    @abstractmethod
    def digest(self) -> str:
        """Return the sha256 of the content of all samples, in order."""

    @abstractmethod
    def read(self, position: int) -> Tensor:
        """Return one sample: ``(c, h, w)`` uint8, of any size, or ``(d,)`` float.

        Raises:
            ValueError: If it cannot be read; the sentence names the file.
        """


@dataclass(frozen=True)
class Inputs:
    """Samples without labels: there is no field that could leak one.

    Attributes:
        inputs: ``(n, c, h, w)`` uint8 images or ``(n, d)`` features in memory, or what reads them.
        ids: Stable, unique names; what follows a ``#`` numbers the copies of one original.
    """

    inputs: Tensor | Stored
    ids: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.ids)

    def select(self, index: Sequence[int]) -> "Inputs":
        """Return the samples at these positions, in this order."""
        return Inputs(_rows(self.inputs, index), tuple(self.ids[i] for i in index))

    def without_labels(self) -> "Inputs":
        """Return the samples themselves, which have no labels."""
        return self


@dataclass(frozen=True)
class Samples:
    """Samples with labels.

    Attributes:
        inputs: ``(n, c, h, w)`` uint8 images or ``(n, d)`` features in memory, or what reads them.
        labels: ``(n,)`` int64 class indices.
        ids: Stable, unique names; what follows a ``#`` numbers the copies of one original.
    """

    inputs: Tensor | Stored
    labels: Tensor
    ids: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.ids)

    def select(self, index: Sequence[int]) -> "Samples":
        """Return the samples at these positions, in this order."""
        labels = self.labels[torch.as_tensor(index, dtype=torch.long)]
        return Samples(_rows(self.inputs, index), labels, tuple(self.ids[i] for i in index))

    def without_labels(self) -> Inputs:
        """Return the inputs alone."""
        return Inputs(self.inputs, self.ids)


@dataclass(frozen=True)
class Domain:
    """The samples of one domain.

    Attributes:
        train: The training pool; where the distribution names no test samples, all of them.
            ``Inputs`` if nobody knows their labels, which a target may be.
        test: Samples that are only ever scored on, where the distribution names them.
    """

    train: Samples | Inputs
    test: Samples | None = None


def join(domains: Mapping[str, Domain]) -> Domain:
    """Return several domains as one; ids then begin with the name of their domain.

    Raises:
        ValueError: If some of several domains have no labels, or their inputs differ in shape.
    """
    if len(domains) == 1:
        return next(iter(domains.values()))
    tests = {name: domain.test for name, domain in domains.items() if domain.test is not None}
    train = _joined({name: domain.train for name, domain in domains.items()})
    return Domain(train, _joined(tests) if len(tests) == len(domains) else None)


def originals(ids: Sequence[str]) -> list[str]:
    """Return the name of the original behind each id: the id up to its ``#``."""
    return [i.split("#", 1)[0] for i in ids]


class _Joined(Stored):
    """Stored inputs of several domains, one after the other."""

    def __init__(self, parts: Sequence[tuple[Stored, int]]) -> None:
        self.parts = list(parts)

    def __len__(self) -> int:
        return len(self.parts)

    def select(self, positions: Sequence[int]) -> "Stored":
        return _Joined([self.parts[i] for i in positions])

    def digest(self) -> str:
        digests = [stored.select([inner]).digest() for stored, inner in self.parts]
        return hashlib.sha256("".join(digests).encode()).hexdigest()

    def read(self, position: int) -> Tensor:
        stored, inner = self.parts[position]
        return stored.read(inner)


def _joined(parts: Mapping[str, Samples | Inputs]) -> Samples:
    ids, inputs, labels = [], [], []
    for name, samples in parts.items():
        if isinstance(samples, Inputs):
            raise ValueError(
                f"the domain {name!r} has no labels, so it cannot be one of several sources"
            )
        ids += [f"{name}/{i}" for i in samples.ids]
        inputs.append(samples.inputs)
        labels.append(samples.labels)
    return Samples(_concatenated(inputs), torch.cat(labels), tuple(ids))


def _concatenated(inputs: Sequence[Tensor | Stored]) -> Tensor | Stored:
    tensors = [x for x in inputs if isinstance(x, Tensor)]
    if len(tensors) < len(inputs):
        stored = [x for x in inputs if isinstance(x, Stored)]
        if len(stored) < len(inputs):
            raise ValueError("sources are joined if all are in memory or none is; got both kinds")
        return _Joined([(x, i) for x in stored for i in range(len(x))])
    shapes = {tuple(x.shape[1:]) for x in tensors}
    if len(shapes) > 1:
        raise ValueError(f"joined sources have inputs of one shape; got {sorted(shapes)}")
    return torch.cat(tensors)


def _rows(inputs: Tensor | Stored, index: Sequence[int]) -> Tensor | Stored:
    if isinstance(inputs, Stored):
        return inputs.select(index)
    return inputs[torch.as_tensor(index, dtype=torch.long)]
