"""Whether differences hold across tasks, and how methods rank within them."""

from collections.abc import Mapping, Sequence

import numpy as np
from jaxtyping import Float

from da.benchmark.aggregate import Across, Ranking
from da.benchmark.aggregation_tasks import Place
from da.transfer import (
    average_ranks,
    bayesian_signed_rank,
    friedman,
    nemenyi,
    pairwise,
    target_means,
    wilcoxon,
)

_FEWEST_PAIRS = 6  # below, the exact signed-rank test cannot reach .05


def across(
    deltas: Mapping[str, float], places: Mapping[str, Place], *, materiality: float
) -> Across:
    """Test the differences of one method across tasks; several splits of a pair are one task.

    Args:
        deltas: Mean difference on each task by name; at least one.
        places: Data set and domains of each task.
        materiality: Difference that matters, as a fraction.
    """
    by_pair = pair_means(deltas, places)
    differences = np.array(list(by_pair.values()))
    by_target = target_means(differences, [f"{p.dataset}/{p.target}" for p in by_pair])
    enough = len(by_pair) >= _FEWEST_PAIRS
    return Across(
        pairs=len(by_pair),
        p=wilcoxon(differences).p if enough else None,
        holm_p=None,
        targets=len(by_target),
        target_p=wilcoxon(by_target).p if len(by_target) > 1 else None,
        posterior=bayesian_signed_rank(differences, rope=materiality) if enough else None,
    )


def ranking(
    accuracies: Mapping[str, Mapping[str, float]], places: Mapping[str, Place]
) -> Ranking | None:
    """Rank methods within each pair of source and target, and test whether ranks differ.

    Args:
        accuracies: Mean accuracy on each task, by method; all methods on the same tasks.
        places: Data set and domains of each task.

    Returns:
        None with fewer than two methods or without a task.
    """
    methods = sorted(accuracies)
    if len(methods) < 2 or not accuracies[methods[0]]:
        return None
    means = [pair_means(accuracies[method], places) for method in methods]
    scores = np.array([list(mean.values()) for mean in means]).T
    # Accuracies that rounding has parted are ties
    scores = np.round(scores, 12)
    pairs, ranks = len(scores), average_ranks(scores)
    order = sorted(range(len(methods)), key=lambda i: (ranks[i], methods[i]))
    number = len(methods) * (len(methods) - 1) // 2
    return Ranking(
        ranks={methods[i]: float(ranks[i]) for i in order},
        pairs=pairs,
        friedman=friedman(scores) if pairs > 1 and len(methods) > 2 else None,
        critical_difference=nemenyi(len(methods), pairs),
        separated=_separated(methods, pairwise(scores)),
        lowest_p=min(1.0, number * 2.0 ** (1 - pairs)),
    )


def pair_means(values: Mapping[str, float], places: Mapping[str, Place]) -> dict[Place, float]:
    """Average the tasks of each pair of source and target, in the order of the pairs."""
    groups: dict[Place, list[float]] = {}
    for task, value in values.items():
        groups.setdefault(places[task], []).append(value)
    return {pair: float(np.mean(groups[pair])) for pair in sorted(groups)}


def _separated(methods: Sequence[str], p: Float[np.ndarray, "k k"]) -> tuple[tuple[str, str], ...]:
    return tuple(
        (first, second)
        for i, first in enumerate(methods)
        for j, second in enumerate(methods)
        if i < j and p[i, j] <= 0.05
    )
