"""What single runs did: their differences from source-only, and their scores."""

from collections.abc import Mapping, Sequence

import numpy as np

from da.benchmark.aggregation_means import Results
from da.benchmark.cells import Analysis, Cell
from da.benchmark.selection import BASELINE, CEILING
from da.transfer import (
    PercentileInterval,
    chance_level,
    improvement_interval,
    interquartile_interval,
    normalized_score,
)


def run_differences(analysis: Analysis, method: str, tasks: Sequence[str]) -> tuple[float, ...]:
    """Return the difference in accuracy of each run from source-only of the same seed."""
    differences = []
    for task in tasks:
        own, twin = analysis.cell(method, task), analysis.cell(BASELINE, task)
        if own is not None and twin is not None:
            level = dict(zip(twin.seeds, twin.accuracies, strict=True))
            differences += [
                accuracy - level[seed]
                for seed, accuracy in zip(own.seeds, own.accuracies, strict=True)
                if seed in level
            ]
    return tuple(differences)


def ends(
    analysis: Analysis, results: Results, tasks: Sequence[str]
) -> dict[str, tuple[float, float]]:
    """Return chance and ceiling of the tasks where a score lies between them.

    Chance is to predict the most frequent class always; the ceiling, the mean of target-only. They
    must be two points apart at least.
    """
    found = {}
    for task in tasks:
        cell, outcomes = analysis.cell(CEILING, task), results.get((task, CEILING))
        if cell is None or cell.accuracy is None or outcomes is None:
            continue
        shares = np.bincount(outcomes.labels, outcomes.weights) / outcomes.weights.sum()
        low, high = chance_level(shares), cell.accuracy.estimate
        if not np.isnan(normalized_score(high, low, high)):
            found[task] = (low, high)
    return found


def scores(
    analysis: Analysis, method: str, between: Mapping[str, tuple[float, float]]
) -> list[np.ndarray]:
    """Return the scores of the runs of a method, by task: 0 at chance and 1 at target-only."""
    return [
        np.array([normalized_score(accuracy, *between[cell.task]) for accuracy in cell.accuracies])
        for cell in _cells(analysis, method, list(between))
    ]


def score_interval(runs: Sequence[np.ndarray]) -> PercentileInterval | None:
    """Return the interquartile mean of the scores of runs, if there are any."""
    return interquartile_interval(runs) if runs else None


def improvement(analysis: Analysis, method: str, tasks: Sequence[str]) -> PercentileInterval | None:
    """Return how probably a run beats one of source-only on a task, if there are both."""
    floor = {cell.task: cell for cell in _cells(analysis, BASELINE, tasks)}
    own = [cell for cell in _cells(analysis, method, tasks) if cell.task in floor]
    if not own:
        return None
    # Accuracies that rounding has parted are ties
    return improvement_interval(
        [np.round(cell.accuracies, 12) for cell in own],
        [np.round(floor[cell.task].accuracies, 12) for cell in own],
    )


def _cells(analysis: Analysis, method: str, tasks: Sequence[str]) -> list[Cell]:
    cells = (analysis.cell(method, task) for task in tasks)
    return [cell for cell in cells if cell is not None and cell.accuracies]
