"""What is different between the two domains besides their looks: label shift, missing classes."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from da.data.protocols import labeled
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
    """The target holds some of the classes; the source holds all of them.

    Cao et al., *Partial Adversarial Domain Adaptation*, ECCV 2018.
    https://arxiv.org/abs/1808.04205

    Args:
        classes: Number of classes that the target keeps; by default half of them, rounded up.
        draw: Number of a random choice of classes; by default the first ones, as in papers.
    """

    def __init__(self, classes: int | None = None, draw: int | None = None) -> None:
        if classes is not None and classes < 1:
            raise ValueError(f"a partial target keeps at least 1 class; got classes={classes}")
        self.classes, self.draw = classes, draw

    def apply(self, source: Domain, target: Domain, num_classes: int) -> Scene:
        count = self.classes or -(-num_classes // 2)
        if count >= num_classes:
            raise ValueError(
                f"a partial target keeps fewer classes than the source's {num_classes}; "
                f"got classes={count}"
            )
        kept = _order(num_classes, self.draw)[:count]
        train, test = (_only(samples, kept) for samples in _sides(target))
        return Scene(source, Domain(train, test), torch.ones(len(test)))


class OpenSet(Scenario):
    """The target holds classes of its own; the source holds the shared ones.

    Saito et al., *Open Set Domain Adaptation by Backpropagation*, ECCV 2018.
    https://arxiv.org/abs/1804.10427

    Samples of the target's own classes are adapted to, unknown as they are, but never scored: what
    is measured is the accuracy over the shared classes (OS* in the paper).

    Args:
        shared: Number of classes of both domains; by default half of them, rounded up.
        source_private: Number of classes of the source alone, which makes the task universal
            (You et al., *Universal Domain Adaptation*, CVPR 2019).
        draw: Number of a random choice of classes; by default the first ones are shared, as in
            papers.
    """

    def __init__(
        self, shared: int | None = None, source_private: int = 0, draw: int | None = None
    ) -> None:
        if (shared is not None and shared < 1) or source_private < 0:
            raise ValueError(
                f"an open-set task shares at least 1 class, and no number of classes is negative; "
                f"got {shared=}, {source_private=}"
            )
        self.shared, self.source_private, self.draw = shared, source_private, draw

    def apply(self, source: Domain, target: Domain, num_classes: int) -> Scene:
        shared = self.shared or -(-num_classes // 2)
        known = shared + self.source_private
        if known >= num_classes:
            raise ValueError(
                f"an open-set target has at least 1 of the {num_classes} classes to itself; "
                f"got shared={shared}, source_private={self.source_private}"
            )
        order = _order(num_classes, self.draw)
        train, test = _sides(target)
        train = _only(train, [*order[:shared], *order[known:]])
        test = _only(test, order[:shared])
        return Scene(
            Domain(_only(labeled(source), order[:known])),
            Domain(train, test),
            torch.ones(len(test)),
        )


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


def _order(num_classes: int, draw: int | None) -> list[int]:
    """Return the classes as they are numbered, or in the random order of a draw."""
    if draw is None:
        return list(range(num_classes))
    return np.random.default_rng(stream_seed("scenario", draw)).permutation(num_classes).tolist()


def _only(samples: Samples, classes: Sequence[int]) -> Samples:
    kept = torch.isin(samples.labels, torch.tensor(classes))
    return samples.select(kept.nonzero().flatten().tolist())
