"""From the cells of a table to one standing per method over the suite."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from da.benchmark import selection
from da.benchmark.aggregate import Aggregate, Apart, Standing
from da.benchmark.aggregation_across import across, pair_means, ranking
from da.benchmark.aggregation_means import Results, mean_differences
from da.benchmark.aggregation_runs import ends, improvement, run_differences, score_interval, scores
from da.benchmark.aggregation_tasks import grouped, places
from da.benchmark.cells import Analysis, Cell
from da.benchmark.outcomes import Split, outcomes
from da.benchmark.selection import BASELINE, Record
from da.transfer import (
    Interval,
    Resolution,
    SuiteMean,
    holm,
    negative_transfer_rate,
    resolution,
)


def aggregate(
    analysis: Analysis,
    records: Iterable[Record],
    splits: Mapping[str, Split],
    *,
    resamples: int = 10_000,
    seed: int = 0,
) -> Aggregate:
    """Compare the methods over all tasks of a suite; the same records give the same numbers.

    Args:
        analysis: The cells of the suite.
        records: The records that they are of, in any order.
        splits: Ids, labels and weights of the target test sets by their sha256.
        resamples: Resamples of the crossed bootstrap.
        seed: Seed of its draws.
    """
    records = list(records)
    where = places(records)
    groups = selection.by_cell(records, analysis.select)
    decoded = {(task, m): outcomes(group, splits) for (_, task, m), group in groups.items()}
    results: Results = {key: found for key, found in decoded.items() if found is not None}
    tasks, scenarios, graded = grouped(analysis)

    def means(over: Sequence[str], methods: Sequence[str], reference: str) -> dict[str, SuiteMean]:
        return mean_differences(
            *(results, splits, where, methods, over),
            reference=reference,
            resamples=resamples,
            seed=seed,
        )

    others = [method for method in analysis.methods if method != BASELINE]
    deltas = means(tasks, others, BASELINE)
    under = {name: means(of, others, BASELINE) for name, of in scenarios.items()}
    between = ends(analysis, results, tasks)
    standings = []
    for method in analysis.methods:
        apart = {
            name: _apart(analysis, method, of, under[name].get(method))
            for name, of in scenarios.items()
        }
        standing = _standing(analysis, method, tasks, deltas.get(method))
        runs = scores(analysis, method, between)
        standing = replace(
            standing,
            score=score_interval(runs),
            scores=tuple(float(score) for task in runs for score in task),
            improvement=None if method == BASELINE else improvement(analysis, method, tasks),
            apart=apart,
        )
        if standing.adapts and standing.deltas:
            tests = across(standing.deltas, where, materiality=analysis.materiality)
            standing = replace(standing, across=tests)
        standings.append(standing)
    standings = _adjust(standings)
    rivals = [s for s in standings if s.complete and (s.adapts or s.method == BASELINE)]
    ranks = ranking({s.method: _accuracies(analysis, s.method, tasks) for s in rivals}, where)
    rivals = [standing for standing in rivals if standing.gain is not None]
    if rivals:
        best = min(rivals, key=_order)
        behind = means(tasks, [s.method for s in rivals if s is not best], best.method)
        standings = _mark_best(standings, best.method, behind)
    if ranks is not None:
        standings = [replace(s, rank=ranks.ranks.get(s.method)) for s in standings]
    seeds = [len(c.seeds) for c in analysis.cells if c.task in tasks and c.seeds] or [0]
    return Aggregate(
        suite=next((cell.suite for cell in analysis.cells), ""),
        select=analysis.select,
        materiality=analysis.materiality,
        seeds=(min(seeds), max(seeds)),
        tasks=tasks,
        pairs=len(pair_means(dict.fromkeys(tasks, 0.0), where)),
        targets=len({(where[task].dataset, where[task].target) for task in tasks}),
        scored=len(between),
        scenarios=scenarios,
        graded=len(graded),
        standings=tuple(sorted(standings, key=_order)),
        ranking=ranks,
    )


def _cells(analysis: Analysis, method: str, tasks: Sequence[str]) -> list[Cell]:
    cells = (analysis.cell(method, task) for task in tasks)
    return [cell for cell in cells if cell is not None]


def _accuracies(analysis: Analysis, method: str, tasks: Sequence[str]) -> dict[str, float]:
    cells = _cells(analysis, method, tasks)
    return {cell.task: cell.accuracy.estimate for cell in cells if cell.accuracy is not None}


def _standing(
    analysis: Analysis, method: str, tasks: Sequence[str], delta: SuiteMean | None
) -> Standing:
    """Return what the cells say of a method, and its mean difference."""
    cells = _cells(analysis, method, tasks)
    verdicts = [cell.verdict for cell in cells if cell.verdict is not None]
    levels = _accuracies(analysis, method, tasks)
    deltas = {cell.task: cell.delta.estimate for cell in cells if cell.delta is not None}
    return Standing(
        method=method,
        tasks=len(levels),
        complete=len(levels) == len(tasks) > 0,
        deltas=deltas,
        failed=sum(cell.status.get(s, 0) for cell in cells for s in ("diverged", "failed")),
        accuracy=float(np.mean(list(levels.values()))) if levels else None,
        delta=delta,
        resolution=None if delta is None else _resolution(delta),
        rate=negative_transfer_rate(verdicts) if verdicts else None,
        runs=() if method == BASELINE else run_differences(analysis, method, tasks),
    )


def _apart(analysis: Analysis, method: str, tasks: Sequence[str], delta: SuiteMean | None) -> Apart:
    cells = _cells(analysis, method, tasks)
    verdicts = [cell.verdict for cell in cells if cell.verdict is not None]
    macros = [cell.macro_delta for cell in cells if cell.macro_delta is not None]
    return Apart(
        tasks=sum(cell.accuracy is not None for cell in cells),
        delta=delta,
        macro=float(np.mean(macros)) if macros else None,
        rate=negative_transfer_rate(verdicts) if verdicts else None,
        runs=() if method == BASELINE else run_differences(analysis, method, tasks),
    )


def _resolution(delta: SuiteMean) -> Resolution:
    """Return what the bootstrap interval could resolve, as that of a normal mean."""
    fixed = delta.fixed
    interval = Interval(fixed.estimate, fixed.low, fixed.high, delta.p, float("inf"))
    return resolution(interval)


def _adjust(standings: Sequence[Standing]) -> list[Standing]:
    """Adjust the p-values across tasks over the methods."""
    p = {s.method: s.across.p for s in standings if s.across and s.across.p is not None}
    adjusted = dict(zip(p, holm(np.array(list(p.values()))).tolist(), strict=True)) if p else {}
    return [
        replace(s, across=replace(s.across, holm_p=adjusted[s.method]))
        if s.method in adjusted and s.across
        else s
        for s in standings
    ]


def _mark_best(
    standings: Sequence[Standing], best: str, behind: Mapping[str, SuiteMean]
) -> list[Standing]:
    """Mark the best but the ceiling, and those that a paired comparison does not separate."""
    p = np.array([mean.p for mean in behind.values()])
    adjusted = dict(zip(behind, holm(p).tolist(), strict=True)) if behind else {}
    adjusted[best] = 1.0
    return [replace(s, among_best=adjusted.get(s.method, 0.0) > 0.05) for s in standings]


def _order(standing: Standing) -> tuple[bool, bool, float, str]:
    """Sort by mean difference; those on other tasks cannot be compared and come last."""
    gain = standing.gain
    return gain is None, not standing.complete, -(gain or 0.0), standing.method
