"""Samples in memory: with labels, without, and the two sides of a domain."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True)
class Inputs:
    """Samples without labels: there is no field that could leak one.

    Attributes:
        inputs: ``(n, c, h, w)`` uint8 images or ``(n, d)`` float features.
        ids: Stable, unique names; what follows a ``#`` numbers the copies of one original.
    """

    inputs: Tensor
    ids: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.ids)

    def select(self, index: Sequence[int]) -> "Inputs":
        """Return the samples at these positions, in this order."""
        return Inputs(self.inputs[torch.as_tensor(index)], tuple(self.ids[i] for i in index))


@dataclass(frozen=True)
class Samples:
    """Samples with labels.

    Attributes:
        inputs: ``(n, c, h, w)`` uint8 images or ``(n, d)`` float features.
        labels: ``(n,)`` int64 class indices.
        ids: Stable, unique names; what follows a ``#`` numbers the copies of one original.
    """

    inputs: Tensor
    labels: Tensor
    ids: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.ids)

    def select(self, index: Sequence[int]) -> "Samples":
        """Return the samples at these positions, in this order."""
        positions = torch.as_tensor(index, dtype=torch.long)
        ids = tuple(self.ids[i] for i in index)
        return Samples(self.inputs[positions], self.labels[positions], ids)

    def without_labels(self) -> Inputs:
        """Return the inputs alone."""
        return Inputs(self.inputs, self.ids)


@dataclass(frozen=True)
class Domain:
    """The training pool of one domain, and the samples that are only ever scored on."""

    train: Samples
    test: Samples


def originals(ids: Sequence[str]) -> list[str]:
    """Return the name of the original behind each id: the id up to its ``#``."""
    return [i.split("#", 1)[0] for i in ids]
