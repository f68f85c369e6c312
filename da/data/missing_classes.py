"""Tasks in which one of the domains lacks classes of the other."""

from collections.abc import Sequence
from math import ceil

import torch

from da.data.protocols import labeled
from da.data.samples import Domain, Samples, originals
from da.data.scenarios import Scenario, Scene, class_order, sides
from da.data.splits import choose


class Partial(Scenario):
    """The target holds some of the classes; the source holds all of them.

    Cao et al., *Partial Adversarial Domain Adaptation*, ECCV 2018.
    https://arxiv.org/abs/1808.04205

    Args:
        classes: Number of classes that the target keeps, or their labels; by default half of them,
            rounded up.
        draw: Number of a random choice of classes; by default the first ones, as in papers.
        removed: Instead of ``classes``, the share of classes that is removed, in [0, 1); the rest
            is rounded up, and 0 removes none.
        alike: Further shares, of an axis of such tasks with the same draw. The smallest target of
            all sets the number of training originals of each, drawn without replacement, which
            repeat within a batch that holds more.
    """

    def __init__(
        self,
        classes: int | list[int] | None = None,
        draw: int | None = None,
        removed: float | None = None,
        alike: Sequence[float] = (),
    ) -> None:
        if classes is not None and (classes if isinstance(classes, int) else len(classes)) < 1:
            raise ValueError(f"a partial target keeps at least 1 class; got classes={classes}")
        if isinstance(classes, list) and (draw is not None or alike):
            raise ValueError(
                f"classes that are named are not drawn; got {classes=}, {draw=}, "
                f"alike={list(alike)}; leave one out"
            )
        if classes is not None and removed is not None:
            raise ValueError(
                f"a partial target keeps a number of classes or loses a share of them; got "
                f"{classes=} and {removed=}; leave one out"
            )
        shares = [*alike, *([] if removed is None else [removed])]
        if not all(0 <= share < 1 for share in shares):
            raise ValueError(
                f"the share of classes removed lies in [0, 1); got removed={removed}, "
                f"alike={list(alike)}"
            )
        self.classes, self.draw, self.removed, self.alike = classes, draw, removed, tuple(alike)
        self.few_targets = bool(alike)

    def apply(self, source: Domain, target: Domain, num_classes: int) -> Scene:
        if isinstance(self.classes, list):
            return self._named(self.classes, source, target, num_classes)
        count = self.classes or -(-num_classes // 2)
        if self.removed is not None:
            count = _rest(num_classes, self.removed)
        elif count >= num_classes:
            raise ValueError(
                f"a partial target keeps fewer classes than the source's {num_classes}; "
                f"got classes={count}"
            )
        order = class_order(num_classes, self.draw)
        pool, test = sides(target)
        train, test = (_only(samples, order[:count]) for samples in (pool, test))
        if self.alike:
            counts = [count, *(_rest(num_classes, share) for share in self.alike)]
            size = min(len(set(originals(_only(pool, order[:c]).ids))) for c in counts)
            train = train.select(choose(train.ids, size, f"partial:{self.draw}"))
        return Scene(source, Domain(train, test), torch.ones(len(test)))

    @staticmethod
    def _named(labels: list[int], source: Domain, target: Domain, num_classes: int) -> Scene:
        if not (set(labels) < set(range(num_classes)) and len(set(labels)) == len(labels)):
            raise ValueError(
                f"a partial target keeps some of the labels 0 to {num_classes - 1}, each once; "
                f"got classes={labels}"
            )
        train, test = (_only(samples, labels) for samples in sides(target))
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
        order = class_order(num_classes, self.draw)
        train, test = sides(target)
        train = _only(train, [*order[:shared], *order[known:]])
        test = _only(test, order[:shared])
        return Scene(
            Domain(_only(labeled(source), order[:known])),
            Domain(train, test),
            torch.ones(len(test)),
        )


def _only(samples: Samples, classes: Sequence[int]) -> Samples:
    kept = torch.isin(samples.labels, torch.tensor(classes))
    return samples.select(kept.nonzero().flatten().tolist())


def _rest(num_classes: int, removed: float) -> int:
    # rounded first, since (1 - 0.7) * 10 is above 3 in floating point
    return ceil(round((1 - removed) * num_classes, 9))
