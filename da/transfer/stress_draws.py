"""Levels of a stress axis that are made of several random draws, of one target's test items."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int, Real

from da.transfer.bootstrap import crossed_replicates
from da.transfer.paired import Interval, twc
from da.transfer.resampling import TaskValues, observed_means


@dataclass(frozen=True, eq=False)
class Draw:
    """Something measured on the test items of one draw of one level.

    Attributes:
        task: Name of the transfer task without its stress; what is measured on one task with the
            same seeds shares the draw of seeds.
        target: Name of the target, whose items all levels of all tasks share.
        seeds: Seed of each row of the values.
        items: Position of each test item among all items of the target, each at most once.
        weights: How much each test item counts, mean 1.
        values: Correctness or difference of each seed on each test item.
    """

    task: str
    target: str
    seeds: tuple[int, ...]
    items: Int[np.ndarray, " n"]
    weights: Float[np.ndarray, " n"]
    values: Real[np.ndarray, "s n"]


def draws_interval(draws: Sequence[Draw], *, level: float = 0.95) -> Interval:
    """Two-way clustered t interval for the mean over the draws of one level.

    Draws share seeds and items, so that their means are not independent: the linearized values of
    each item are averaged over draws before :func:`~da.transfer.twc` sees them. The draws are taken
    as given: the interval does not say how other draws would come out.

    Args:
        draws: At least one, all with the same seeds.
        level: Confidence level, in (0, 1).
    """
    items = np.unique(np.concatenate([draw.items for draw in draws]))
    mean_of_draws = np.zeros((len(draws[0].seeds), len(items)))
    for draw in draws:
        mean = (draw.values * draw.weights).mean()
        share = len(items) / len(draw.items)
        linear = np.full_like(mean_of_draws, mean)
        linear[:, np.searchsorted(items, draw.items)] += share * draw.weights * (draw.values - mean)
        mean_of_draws += linear / len(draws)
    return twc(mean_of_draws, level=level)


def resampled_draws(
    draws: Sequence[Draw],
    labels: Mapping[str, Int[np.ndarray, " items"]],
    *,
    resamples: int = 10_000,
    seed: int = 0,
) -> Float[np.ndarray, "b draws"]:
    """Return the weighted mean of every draw in the data, and in each crossed resample.

    Whatever one resample draws, all columns see: one set of items of a target for all its tasks,
    within their classes, so that weights by class keep the prior that they stand for; and one set
    of seeds for all that a task measured with these seeds. Curves over levels, differences between
    methods and means over axes may thus be formed resample by resample.

    Args:
        draws: What to resample, at least one.
        labels: True class of every item of each target.
        resamples: Number of resamples.
        seed: Seed of the resamples.

    Returns:
        The means in the data as row 0, then a row for each resample. NaN where a resample has no
        item of any weight.
    """
    groups: dict[tuple[str, str, tuple[int, ...]], list[int]] = {}
    for i, draw in enumerate(draws):
        groups.setdefault((draw.target, draw.task, draw.seeds), []).append(i)
    parts = [[draws[i] for i in members] for members in groups.values()]
    weighings = [_weighings(part) for part in parts]
    channels = max(
        len(part) + len(distinct) for part, (distinct, _) in zip(parts, weighings, strict=True)
    )
    classes = max(int(known.max()) for known in labels.values()) + 1
    tasks, counts = [], np.zeros((len(parts), classes))
    place, weight_place = np.zeros((2, len(draws)), int), np.zeros((2, len(draws)), int)
    for t, (members, part, (distinct, index)) in enumerate(
        zip(groups.values(), parts, weighings, strict=True)
    ):
        known = labels[part[0].target]
        # Tasks have as many channels as the longest: what is left over stays zero and is not read.
        values = np.zeros((channels, len(part[0].seeds), len(known)))
        for c, draw in enumerate(part):
            values[c][:, draw.items] = draw.weights * draw.values
        for c, draw in enumerate(distinct, len(part)):
            values[c][:, draw.items] = draw.weights
        tasks.append(TaskValues(values, target=part[0].target, labels=known))
        counts[t] = np.bincount(known, minlength=classes)
        place[:, members] = [[t] * len(part), range(len(part))]
        weight_place[:, members] = [[t] * len(part), len(part) + index]

    def means(by_class: Float[np.ndarray, "b tasks channels k"]) -> Float[np.ndarray, "b draws"]:
        present = counts[:, None, : by_class.shape[-1]]
        totals = (np.where(present > 0, by_class, 0) * present).sum(-1)
        with np.errstate(invalid="ignore", divide="ignore"):
            return totals[:, place[0], place[1]] / totals[:, weight_place[0], weight_place[1]]

    replicates = crossed_replicates(tasks, means, resamples=resamples, seed=seed)
    return np.concatenate([means(observed_means(tasks)[None]), replicates])


def _weighings(draws: Sequence[Draw]) -> tuple[list[Draw], Int[np.ndarray, " draws"]]:
    """Return one draw for each distinct choice and weight of items, and which each one has."""
    first: dict[tuple[bytes, bytes], int] = {}
    keys = [(draw.items.tobytes(), draw.weights.tobytes()) for draw in draws]
    index = [first.setdefault(key, len(first)) for key in keys]
    return [draws[index.index(i)] for i in range(len(first))], np.array(index)
