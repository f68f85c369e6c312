"""Harm to single classes, which a gain in overall accuracy can hide."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int, Integer, Real

from da.transfer.paired import Interval, twc

_BLOCK = 2**22  # random signs held at once: 32 MiB in float64


@dataclass(frozen=True)
class Classwise:
    """Differences of recall by class, adapted minus reference, as fractions.

    Attributes:
        delta: Difference of each class; NaN where the class has no items.
        counts: Items of each class.
        intervals: 95% interval of each class; None with fewer than two items.
        overall: Differences weighted by the prior.
        macro: Mean difference of the classes that have items.
        hidden_harm: Sum over classes of prior times loss of recall; gains do not cancel it.
        worst_class: Class with the lowest studentized difference of those tested, if any.
        worst_p: One-sided p-value of that class, corrected for having picked it; NaN if no class
            has enough items to be tested.
        hidden: Whether a class lost significantly while the overall difference is not negative.
    """

    delta: Float[np.ndarray, " k"]
    counts: Int[np.ndarray, " k"]
    intervals: tuple[Interval | None, ...]
    overall: float
    macro: float
    hidden_harm: float
    worst_class: int | None
    worst_p: float
    hidden: bool


def classwise(
    labels: Integer[np.ndarray, " items"],
    differences: Real[np.ndarray, "seeds items"],
    num_classes: int,
    *,
    prior: Real[np.ndarray, " k"] | None = None,
    resamples: int = 9999,
    min_items: int = 20,
    seed: int = 0,
) -> Classwise:
    """Compare recall class by class and test the worst class.

    The test swaps adapted and reference for all seeds of an item at once, and compares the lowest
    studentized difference with its distribution under swapping (max-T: Westfall & Young,
    *Resampling-Based Multiple Testing*, 1993).

    Args:
        labels: True class of each item.
        differences: Correctness of adapted minus reference, of each seed on each item.
        num_classes: Number of classes.
        prior: Share of each class in the target; the shares among the items if None.
        resamples: Random swaps; the p-value is at least ``1 / (resamples + 1)``.
        min_items: Classes with fewer items are reported but not tested.
        seed: Seed of the swaps.

    Raises:
        ValueError: If labels and differences do not match, a class is not in ``[0, num_classes)``,
            a difference is not finite, or the prior gives weight to a class without items.
    """
    labels, differences = np.asarray(labels), np.asarray(differences, dtype=np.float64)
    _check(labels, differences, num_classes)
    counts = np.bincount(labels, minlength=num_classes)
    prior = counts / counts.sum() if prior is None else np.asarray(prior, dtype=np.float64)
    if prior.shape != (num_classes,) or np.any(prior[counts == 0] > 0):
        raise ValueError(
            f"a prior gives weight only to classes with items, one weight for each of "
            f"{num_classes} classes; got {prior.tolist()} for {counts.tolist()} items"
        )
    groups = [differences[:, labels == c] for c in range(num_classes)]
    delta = np.array([group.mean() if group.size else np.nan for group in groups])
    present = counts > 0
    # A difference of -1e-17 is the rounding of a mean of zeros, not a loss.
    overall = float(prior[present] @ delta[present])
    overall = 0.0 if abs(overall) < 1e-12 else overall

    tested = np.flatnonzero(counts >= min_items)
    worst_class, worst_p = None, float("nan")
    if len(tested):
        worst_class, worst_p = _worst(groups, tested, resamples, seed)
    return Classwise(
        delta=delta,
        counts=counts,
        intervals=tuple(twc(g) if g.shape[1] > 1 else None for g in groups),
        overall=overall,
        macro=float(delta[present].mean()),
        hidden_harm=float(prior[present] @ np.maximum(-delta[present], 0)),
        worst_class=worst_class,
        worst_p=worst_p,
        hidden=bool(
            worst_class is not None and overall >= 0 and worst_p <= 0.05 and delta[worst_class] < 0
        ),
    )


def _worst(
    groups: list[np.ndarray], tested: np.ndarray, resamples: int, seed: int
) -> tuple[int, float]:
    """Return the class with the lowest studentized difference and its max-T p-value."""
    rng = np.random.default_rng(seed)
    observed, lowest = [], np.full(resamples, np.inf)
    for c in tested:
        group = groups[c]
        observed.append(_studentized(group.mean(1)[None], group)[0])
        # Swapping an item on which no seed differs changes nothing, and most items are such.
        active = group[:, np.any(group != 0, axis=0)].T
        means = np.empty((resamples, len(group)))
        step = max(1, _BLOCK // max(1, len(active)))
        for start in range(0, resamples, step):
            size = min(step, resamples - start)
            signs = 2.0 * rng.integers(0, 2, (size, len(active)), dtype=np.int8) - 1
            means[start : start + size] = signs @ active / group.shape[1]
        lowest = np.minimum(lowest, _studentized(means, group))
    worst = int(np.argmin(observed))
    bound = observed[worst] + 1e-9 * abs(observed[worst])  # a tie up to rounding is a tie
    exceed = int(np.sum(lowest <= bound))
    return int(tested[worst]), (1 + exceed) / (resamples + 1)


def _studentized(
    seed_means: Float[np.ndarray, "b seeds"], group: Float[np.ndarray, "seeds n"]
) -> Float[np.ndarray, " b"]:
    """Return mean over standard error of :func:`twc`, for many swaps of one class.

    Swaps leave the sums of squares over items as they are, so the means per seed determine all.
    """
    seeds, n = group.shape
    by_item, squares = (group.mean(0) ** 2).sum(), (group**2).sum()
    mean = seed_means.mean(1)
    variance = items = (by_item - n * mean**2) / (n - 1) / n
    if seeds > 1:
        spread = seed_means.var(1, ddof=1) / seeds
        residual = squares - n * (seed_means**2).sum(1) - seeds * by_item + seeds * n * mean**2
        both = residual / ((seeds - 1) * (n - 1)) / (seeds * n)
        variance = np.maximum(spread + items - both, np.maximum(spread, items))
    # Below the rounding of the subtractions the variance is zero, and the statistic 0 or infinite.
    variance = np.where(variance <= 1e-12 * squares / (seeds * n) / n, 0.0, variance)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(mean == 0, 0.0, mean / np.sqrt(variance))


def _check(labels: np.ndarray, differences: np.ndarray, num_classes: int) -> None:
    if differences.ndim != 2 or differences.shape[1] != len(labels) or differences.size == 0:
        raise ValueError(
            f"differences have one row per seed and one column per label; got shape "
            f"{differences.shape} for {len(labels)} labels"
        )
    if labels.min() < 0 or labels.max() >= num_classes:
        raise ValueError(f"classes are in [0, {num_classes}); got {labels.min()} to {labels.max()}")
    if not np.isfinite(differences).all():
        raise ValueError("differences must be finite; got NaN or infinity, so drop such runs first")
