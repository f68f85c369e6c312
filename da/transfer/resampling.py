"""Means over seeds and items that are drawn anew, together."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int, Integer, Real

from da.transfer.weights import item_weights

_BLOCK = 2**22  # numbers held at once: 32 MiB in float64


@dataclass(frozen=True, eq=False)
class TaskValues:
    """What was measured on the test items of one transfer task.

    Attributes:
        values: By channel, seed and item. A channel is anything measured on the same seeds and
            items: correctness of a method and of its reference, or differences at each level of
            an axis.
        target: Name of the target. Tasks with one target have its items, in one order.
        labels: True class of each item. If given, items are drawn within their class, and means
            are taken class by class.
        weights: How much each item counts, mean 1.
    """

    values: Real[np.ndarray, "channels seeds items"]
    target: str = ""
    labels: Integer[np.ndarray, " items"] | None = None
    weights: Real[np.ndarray, " items"] | None = None

    def __post_init__(self) -> None:
        values = np.asarray(self.values)
        if values.ndim != 3 or 0 in values.shape or values.shape[2] < 2:
            raise ValueError(
                f"a bootstrap needs an array of channels x seeds x at least 2 items; got shape "
                f"{values.shape}"
            )
        if not np.isfinite(values).all():
            raise ValueError("values must be finite; got NaN or infinity, so drop such runs first")
        if self.labels is not None and (
            len(self.labels) != values.shape[2] or self.labels.min() < 0
        ):
            raise ValueError(
                f"each of {values.shape[2]} items has a class from 0 on; got {len(self.labels)} "
                f"labels from {self.labels.min()} on"
            )
        item_weights(self.weights, values.shape[2])


@dataclass(frozen=True, eq=False)
class _Stratum:
    """Items of one target and class; those that are alike for all tasks are one column."""

    columns: Float[np.ndarray, "rows distinct"]
    counts: Int[np.ndarray, " distinct"]


def observed_means(
    tasks: Sequence[TaskValues],
) -> Float[np.ndarray, "tasks channels classes"]:
    """Return the mean over seeds and items of each task, channel and class.

    There is one class for unlabelled values. The mean of a class without items is NaN.
    """
    return np.stack([means.mean(1) for means in _seed_means(tasks)])


def resampled_means(
    tasks: Sequence[TaskValues], *, resamples: int, rng: np.random.Generator
) -> Iterator[Float[np.ndarray, "b tasks channels classes"]]:
    """Yield :func:`observed_means` of resamples, as many at once as memory is meant to hold.

    Seeds are drawn for each task, items once for each target and within their class. How far the
    mean of a seed is from that of all seeds is stretched by ``sqrt(S / (S - 1))``.
    """
    seed_means = _seed_means(tasks)
    shape = (len(tasks), *seed_means[0][:, 0].shape)
    stretch = [_stretch(means) for means in seed_means]
    targets = {
        name: [i for i, task in enumerate(tasks) if task.target == name]
        for name in sorted({task.target for task in tasks})
    }
    strata = {name: _strata([tasks[i] for i in targets[name]]) for name in targets}
    largest = max(max(s.columns.shape) for by_class in strata.values() for s in by_class.values())
    step = max(1, _BLOCK // max(largest, int(np.prod(shape))))
    for start in range(0, resamples, step):
        size = min(step, resamples - start)
        means = np.full((size, *shape), np.nan)
        drawn_seeds = [_draw(np.ones(m.shape[1], int), size, rng) / m.shape[1] for m in seed_means]
        for name, members in targets.items():
            for c, stratum in strata[name].items():
                sums = _draw(stratum.counts, size, rng) @ stratum.columns.T
                row = 0
                for i in members:
                    channels, seeds = seed_means[i].shape[:2]
                    rows, row = slice(row, row + channels * seeds), row + channels * seeds + 1
                    with np.errstate(invalid="ignore"):  # a draw of items of no weight has no mean
                        drawn = sums[:, rows] / sums[:, [row - 1]]
                    drawn = drawn.reshape(size, channels, seeds) + stretch[i][:, :, c]
                    means[:, i, :, c] = np.einsum("bqs,bs->bq", drawn, drawn_seeds[i])
        yield means


def _seed_means(tasks: Sequence[TaskValues]) -> list[Float[np.ndarray, "channels seeds classes"]]:
    if not tasks or len({len(task.values) for task in tasks}) > 1:
        raise ValueError(
            f"a bootstrap needs at least 1 task, and as many channels in each; got "
            f"{[len(task.values) for task in tasks]} channels"
        )
    labelled = [task.labels for task in tasks if task.labels is not None]
    if len(labelled) not in (0, len(tasks)):
        raise ValueError(
            f"tasks have labels all or none; got labels for {len(labelled)} of {len(tasks)}"
        )
    num_classes = max((int(labels.max()) + 1 for labels in labelled), default=1)
    return [_task_means(task, num_classes) for task in tasks]


def _task_means(
    task: TaskValues, num_classes: int
) -> Float[np.ndarray, "channels seeds num_classes"]:
    weights = item_weights(task.weights, task.values.shape[2])
    labels = np.zeros(len(weights), int) if task.labels is None else task.labels
    shares = np.zeros((len(weights), num_classes))
    shares[np.arange(len(weights)), labels] = weights
    with np.errstate(invalid="ignore"):
        return task.values @ shares / shares.sum(0)


def _stretch(
    means: Float[np.ndarray, "channels seeds classes"],
) -> Float[np.ndarray, "channels seeds classes"]:
    seeds = means.shape[1]
    if seeds == 1:
        return np.zeros_like(means)
    return ((seeds / (seeds - 1)) ** 0.5 - 1) * (means - means.mean(1, keepdims=True))


def _strata(tasks: Sequence[TaskValues]) -> dict[int, _Stratum]:
    """Pool the items of one target by class; each task gives its rows and then its weights."""
    first = tasks[0]
    items = first.values.shape[2]
    labels = np.zeros(items, int) if first.labels is None else first.labels
    rows = []
    for task in tasks:
        same = task.labels is None or np.array_equal(task.labels, labels)
        if task.values.shape[2] != items or not same:
            raise ValueError(
                f"tasks with one target share its items; got {items} and {task.values.shape[2]} "
                f"items{'' if same else ', or other labels,'} of target {task.target!r}"
            )
        weights = item_weights(task.weights, items)
        rows += [task.values.reshape(-1, items) * weights, weights[None]]
    stacked = np.concatenate(rows)
    strata = {}
    for c in np.unique(labels):
        columns, counts = np.unique(stacked[:, labels == c], axis=1, return_counts=True)
        strata[int(c)] = _Stratum(columns, counts)
    return strata


def _draw(
    counts: Int[np.ndarray, " n"], size: int, rng: np.random.Generator
) -> Int[np.ndarray, "size n"]:
    """Draw as many items as there are, with replacement, and count them."""
    items, kinds = int(counts.sum()), len(counts)
    if items > 2 * kinds:
        return rng.multinomial(items, counts / items, size=size)
    # The same distribution, several times faster where hardly two items are alike.
    kind = np.repeat(np.arange(kinds), counts)
    drawn = kind[rng.integers(0, items, (size, items))] + kinds * np.arange(size)[:, None]
    return np.bincount(drawn.ravel(), minlength=size * kinds).reshape(size, kinds)
