"""How a transfer task departs from its two domains as they are."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from da.data.samples import Domain, Inputs, Samples
from da.data.splits import holdout
from da.streams import stream_seed


class Scene(NamedTuple):
    """Both domains of a task, and how much each target test sample counts (mean 1)."""

    source: Domain
    target: Domain
    weights: Tensor


class Scenario(ABC):
    """A deterministic change of a transfer task."""

    #: Whether source and target may be the same domain.
    same_domain = False
    #: Whether the target samples that are adapted to may be fewer than a batch, and then repeat.
    few_targets = False

    @abstractmethod
    def apply(self, source: Domain, target: Domain, num_classes: int) -> Scene:
        """Return the changed domains."""

    def adapted(self, ids: Sequence[str], positions: list[int]) -> list[int]:
        """Return which target samples are adapted to: all that the protocol gives, by default.

        Args:
            ids: Ids of the target's training pool.
            positions: Those that the protocol gives to adaptation, ascending.
        """
        return positions


class Plain(Scenario):
    """Both domains as they are."""

    def apply(self, source: Domain, target: Domain, num_classes: int) -> Scene:
        return Scene(source, target, even(target))


class Halves(Scenario):
    """Control: source and target are random halves of one domain, so nothing can be gained."""

    same_domain = True

    def apply(self, source: Domain, target: Domain, num_classes: int) -> Scene:
        # of the target's pool: the source's may hold the target's test samples
        train, test = sides(target)
        first, second = holdout(train.ids, 0.5, salt="halves")
        return Scene(
            Domain(train.select(first)), Domain(train.select(second), test), torch.ones(len(test))
        )


def sides(domain: Domain) -> tuple[Samples, Samples]:
    """Return the labelled pool and the test samples of a target that a scenario is built from.

    Raises:
        ValueError: If nobody has labels of it.
    """
    if isinstance(domain.train, Inputs) or domain.test is None:
        raise ValueError(
            "this scenario is built from the labels of the target, and there are none; "
            "choose the scenario Plain"
        )
    return domain.train, domain.test


def even(target: Domain) -> Tensor:
    """Return weights by which each test sample of a target counts the same."""
    return torch.ones(len(target.test or ()))


def in_memory(samples: Samples | Inputs) -> Tensor:
    """Return the inputs of samples that a scenario changes.

    Raises:
        ValueError: If they are read from files.
    """
    if not isinstance(samples.inputs, Tensor):
        raise ValueError(
            "this scenario changes pixels or features in memory, and the samples of this data set "
            "are read from files; choose a data set in memory, such as Digits or a table"
        )
    return samples.inputs


def class_order(num_classes: int, draw: int | None) -> list[int]:
    """Return the classes as they are numbered, or in the random order of a draw."""
    if draw is None:
        return list(range(num_classes))
    return np.random.default_rng(stream_seed("scenario", draw)).permutation(num_classes).tolist()
