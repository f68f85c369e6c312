"""What is different between the two domains besides their looks: label shift, missing classes."""

from abc import ABC, abstractmethod
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

    @abstractmethod
    def apply(self, source: Domain, target: Domain, num_classes: int) -> Scene:
        """Return the changed domains."""


class Plain(Scenario):
    """Both domains as they are."""

    def apply(self, source: Domain, target: Domain, num_classes: int) -> Scene:
        return Scene(source, target, torch.ones(len(target.test or ())))


class Partial(Scenario):
    """The target holds only the first classes; the source holds all of them.

    Cao et al., *Partial Adversarial Domain Adaptation*, ECCV 2018.
    https://arxiv.org/abs/1808.04205

    Args:
        classes: Number of classes that the target keeps, from class 0 on.
    """

    def __init__(self, classes: int = 5) -> None:
        if classes < 1:
            raise ValueError(f"a partial target keeps at least 1 class; got classes={classes}")
        self.classes = classes

    def apply(self, source: Domain, target: Domain, num_classes: int) -> Scene:
        if self.classes >= num_classes:
            raise ValueError(
                f"a partial target keeps fewer classes than the source's {num_classes}; "
                f"got classes={self.classes}"
            )
        train, test = (s.select(_where(s.labels < self.classes)) for s in _sides(target))
        return Scene(source, Domain(train, test), torch.ones(len(test)))


class LabelShift(Scenario):
    """The target's classes are drawn from another prior, one Dirichlet draw.

    Lipton et al., *Detecting and Correcting for Label Shift with Black Box Predictors*, ICML 2018,
    Sec. 6. https://arxiv.org/abs/1802.03916

    The target's training pool is subsampled without replacement; its test samples all stay and
    count ``prior[c] / share of c``, the exact expectation under the shifted prior.

    Args:
        alpha: Concentration of the Dirichlet prior; smaller is further from uniform. Positive.
        draw: Number of the draw.
    """

    def __init__(self, alpha: float = 0.3, draw: int = 0) -> None:
        if alpha <= 0:
            raise ValueError(f"a Dirichlet concentration is positive; got alpha={alpha}")
        self.alpha, self.draw = alpha, draw

    def prior(self, num_classes: int) -> np.ndarray:
        """Return the class prior of the target, shape ``(num_classes,)``."""
        seed = stream_seed("scenario", self.draw, round(self.alpha * 1e6))
        return np.random.default_rng(seed).dirichlet(np.full(num_classes, self.alpha))

    def apply(self, source: Domain, target: Domain, num_classes: int) -> Scene:
        train, test = _sides(target)
        prior = self.prior(num_classes)
        labels = train.labels.numpy()
        counts = np.bincount(labels, minlength=num_classes)
        size = int(np.min(counts[prior > 0] / prior[prior > 0]))
        keep: list[int] = []
        for c in range(num_classes):
            members = [i for i in range(len(labels)) if labels[i] == c]
            _, taken = holdout(
                [train.ids[i] for i in members],
                min(1.0, size * prior[c] / max(len(members), 1)),
                salt=f"label-shift:{self.alpha}:{self.draw}",
            )
            keep += [members[i] for i in taken]
        share = np.bincount(test.labels, minlength=num_classes) / len(test)
        weights = torch.tensor(prior / np.maximum(share, 1e-12))[test.labels]
        return Scene(
            source,
            Domain(train.select(sorted(keep)), test),
            (weights / weights.mean()).float(),
        )


class Halves(Scenario):
    """Control: source and target are random halves of one domain, so nothing can be gained."""

    same_domain = True

    def apply(self, source: Domain, target: Domain, num_classes: int) -> Scene:
        # of the target's pool: the source's may hold the target's test samples
        train, test = _sides(target)
        first, second = holdout(train.ids, 0.5, salt="halves")
        return Scene(
            Domain(train.select(first)), Domain(train.select(second), test), torch.ones(len(test))
        )


def _sides(domain: Domain) -> tuple[Samples, Samples]:
    if isinstance(domain.train, Inputs) or domain.test is None:
        raise ValueError(
            "this scenario is built from the labels of the target, and there are none; "
            "choose the scenario Plain"
        )
    return domain.train, domain.test


def _where(mask: Tensor) -> list[int]:
    return mask.nonzero().flatten().tolist()
