"""What a further experiment would have to spend, judged by the variance of a finished one."""

from da.transfer.paired import VarianceComponents
from da.transfer.power import noncentrality

#: Seeds beyond which nobody would go.
_MOST = 256


def projected_detectable(
    parts: VarianceComponents,
    seeds: int,
    items: int,
    *,
    times_seeds: float = 1.0,
    times_items: float = 1.0,
    power: float = 0.8,
    level: float = 0.95,
) -> float:
    """Smallest difference that a larger design of the same kind would find.

    Seeds and items each keep their variance and are averaged over more of them; degrees of
    freedom grow as in :func:`~da.transfer.twc`.

    Args:
        parts: Components of the variance of the mean difference, of two seeds or more.
        seeds: Seeds they were estimated from.
        items: Test items they were estimated from.
        times_seeds: How many times as many seeds.
        times_items: How many times as many test items.
        power: Probability of finding it, between ``1 - level`` and 1.
        level: One minus the two-sided error rate, in (0, 1).

    Raises:
        ValueError: If there is one seed, of which nothing is known about others.
    """
    if seeds < 2:
        raise ValueError(f"one seed tells nothing about more of them; got {seeds}, so run another")
    by_seed = max(parts.seeds - parts.interaction, 0.0) / times_seeds
    by_item = max(parts.items - parts.interaction, 0.0) / times_items
    both = parts.interaction / times_seeds / times_items
    total = by_seed + by_item + both
    if total == 0:
        return 0.0
    spread = (by_seed + both) ** 2 / (seeds * times_seeds - 1)
    spread += (by_item + both) ** 2 / (items * times_items - 1)
    return noncentrality(max(total**2 / spread, 1.0), power, level) * float(total**0.5)


def seeds_needed(
    parts: VarianceComponents, seeds: int, items: int, difference: float
) -> int | None:
    """Seeds with which a difference would be found 4 times in 5 on the same test items.

    Args:
        parts: Components of the variance of the mean difference.
        seeds: Seeds they were estimated from, at least 2.
        items: Test items they were estimated from.
        difference: The difference, such as the smallest loss that matters.

    Returns:
        None if 256 seeds would not do: the test items are too few.
    """

    def enough(number: int) -> bool:
        times = number / seeds
        return projected_detectable(parts, seeds, items, times_seeds=times) <= difference

    low, high = 1, 2
    while not enough(high):
        low, high = high, 2 * high
        if high > _MOST:
            return None
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if enough(middle) else (middle, high)
    return high


def growth_needed(parts: VarianceComponents, seeds: int, items: int, difference: float) -> float:
    """How many times as many seeds and as many test items would find a difference 4 times in 5.

    Args:
        parts: Components of the variance of the mean difference.
        seeds: Seeds they were estimated from, at least 2.
        items: Test items they were estimated from.
        difference: The difference, more than 0, such as the smallest loss that matters.

    Returns:
        1 if the design was large enough; else a factor, to about a hundredth of it.
    """

    def found(times: float) -> bool:
        detectable = projected_detectable(parts, seeds, items, times_seeds=times, times_items=times)
        return detectable <= difference

    if difference <= 0:
        raise ValueError(f"a difference to be found is more than 0; got {difference}")
    if found(1.0):
        return 1.0
    low, high = 1.0, 2.0
    while not found(high):
        low, high = high, 2 * high
    while high / low > 1.01:
        middle = (low * high) ** 0.5
        low, high = (low, middle) if found(middle) else (middle, high)
    return high
