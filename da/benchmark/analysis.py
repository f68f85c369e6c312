"""From stored records to one cell per method and task: did adapting help, and how sure are we?"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from da.benchmark import selection
from da.benchmark.cells import CONTROL, Analysis, Cell, Summary
from da.benchmark.outcomes import Outcomes, Split, outcomes
from da.benchmark.selection import BASELINE, CEILING, ROWS, Record, Row, Selected
from da.transfer import classwise, gap_closed, holm, mcnemar, twc, verdict

__all__ = ["CONTROL", "Analysis", "Cell", "Summary", "analyse", "selection_rows"]


def analyse(
    records: Iterable[Record],
    splits: Mapping[str, Split],
    select: Row = "final",
    materiality: float = 0.01,
) -> Analysis:
    """Compare every method with the source-only run of the same seed, cell by cell.

    Args:
        records: Records of all checkpoints of one suite, in any order.
        splits: Ids, labels and weights of the target test sets by their sha256.
        select: Selection row: which checkpoint of a run counts.
        materiality: Accuracy difference that matters, declared before running.

    Returns:
        The cells, the same for the same records.

    Raises:
        ValueError: If there are several suites, a run is to be paired with one on another test
            set, a test set is missing, or predictions contradict the stored correctness.
    """
    records = list(records)
    suites = sorted({record["suite"] for record in records})
    if len(suites) > 1:
        raise ValueError(
            f"a table is about one suite; got records of {', '.join(suites)}, so analyse each alone"
        )
    groups = selection.by_cell(records, select)
    results = {key: outcomes(group, splits) for key, group in groups.items()}
    cells = []
    for (suite, task, method), group in groups.items():
        own, baseline = results[suite, task, method], results.get((suite, task, BASELINE))
        cell = _describe(group, own)
        if own is not None and baseline is not None and method != BASELINE:
            cell = _compare(cell, own, baseline, results.get((suite, task, CEILING)))
        cells.append(cell)
    cells = _mark_best(_judge(cells, materiality), results)
    return Analysis(tuple(cells), select, materiality)


def selection_rows(
    records: Sequence[Record], splits: Mapping[str, Split], materiality: float = 0.01
) -> list[Analysis]:
    """Analyse the same runs under every selection row."""
    return [analyse(records, splits, row, materiality) for row in ROWS]


def _describe(group: Sequence[Selected], own: Outcomes | None) -> Cell:
    """Return the cell without any comparison."""
    group = sorted(group, key=lambda taken: taken.record["seed"])
    record = group[0].record
    evaluated = [t.record for t in group if t.record["metrics"] is not None]
    reasons = {t.record["reason"] for t in group} | {t.note for t in group}
    cell = Cell(
        suite=record["suite"],
        method=group[0].method,
        task=record["task"]["name"],
        scenario=record["task"]["scenario"],
        status=dict(sorted(Counter(t.record["status"] for t in group).items())),
        reasons=tuple(sorted(reason for reason in reasons if reason is not None)),
        steps=tuple(t.record["train"]["step"] for t in group),
        fallbacks=sum(t.fallback for t in group),
        pool=max(t.pool for t in group),
        floor_ok=all(r["metrics"]["floor"]["ok"] for r in evaluated),
    )
    if own is None:
        return cell
    # Scored at the last step only
    adapted = [r["metrics"]["t_adapt"]["acc"] for r in evaluated if r["metrics"]["t_adapt"]]
    guesses = [1 / own.num_classes] * (len(own.seeds) - len(evaluated))
    recalls = [own.correct[:, own.labels == c].mean() for c in np.unique(own.labels)]
    return replace(
        cell,
        seeds=own.seeds,
        n_test=len(own.labels),
        accuracies=tuple(float(a) for a in (own.correct * own.weights).mean(axis=1)),
        accuracy=twc(own.correct, weights=own.weights),
        macro=float(np.mean(recalls)),
        transductive=float(np.mean(adapted + guesses)) if len(adapted) == len(evaluated) else None,
    )


def _compare(cell: Cell, own: Outcomes, baseline: Outcomes, ceiling: Outcomes | None) -> Cell:
    """Return the cell with its differences from source-only, over the seeds that both have."""
    pairs = _pair(own, baseline, cell)
    if not pairs:
        return cell
    rows, twins = map(list, zip(*pairs, strict=True))
    right, twin, weights = own.correct[rows], baseline.correct[twins], own.weights
    difference = right - twin
    share = np.bincount(own.labels, weights, own.num_classes) / weights.sum()
    classes = classwise(own.labels, difference, own.num_classes, prior=share)
    delta = twc(difference, weights=weights)
    closed = float("nan")
    if ceiling is not None:
        levels = (own.correct[rows], baseline.correct[twins], ceiling.correct)
        closed = gap_closed(*(float((level * weights).mean()) for level in levels))
    return replace(
        cell,
        delta=delta,
        delta90=twc(difference, level=0.9, weights=weights),
        nfr=float(((1 - right) * twin * weights).mean()),
        pfr=float((right * (1 - twin) * weights).mean()),
        disagreement=float(np.mean([_disagreement(own, i, baseline, j) for i, j in pairs])),
        mcnemar_p=tuple(_mcnemar(own, i, baseline, j) for i, j in pairs),
        class_deltas=tuple(None if np.isnan(d) else float(d) for d in classes.delta),
        macro_delta=classes.macro,
        hidden_harm=classes.hidden_harm,
        hidden=classes.hidden,
        gap_closed=None if np.isnan(closed) else closed,
    )


def _pair(own: Outcomes, other: Outcomes, cell: Cell) -> list[tuple[int, int]]:
    """Return the rows of both that share a seed."""
    if own.test_sha256 != other.test_sha256:
        raise ValueError(
            f"{cell.method} on {cell.task} was not tested on the samples of the run it is paired "
            f"with; got test sets {own.test_sha256[:12]} and {other.test_sha256[:12]}, so compare "
            "runs of one split"
        )
    seeds = [seed for seed in own.seeds if seed in other.seeds]
    return [(own.seeds.index(seed), other.seeds.index(seed)) for seed in seeds]


def _disagreement(own: Outcomes, i: int, other: Outcomes, j: int) -> float:
    """Return how often two runs predict different classes; a guess agrees with ``1/K``."""
    first, second = own.predictions[i], other.predictions[j]
    if first is None or second is None:
        return 1 - 1 / own.num_classes
    return float(((first != second) * own.weights).mean())


def _mcnemar(own: Outcomes, i: int, other: Outcomes, j: int) -> float | None:
    """Return the exact p-value for two trained models, where there are counts to test."""
    if own.weighted or own.predictions[i] is None or other.predictions[j] is None:
        return None
    right, twin = own.correct[i], other.correct[j]
    return mcnemar(int((right < twin).sum()), int((right > twin).sum()))


def _judge(cells: Sequence[Cell], materiality: float) -> list[Cell]:
    """Adjust the p-values over the adaptation cells of the table, and give each its verdict."""
    family = [i for i, cell in enumerate(cells) if cell.adapts and cell.delta is not None]
    adjusted = holm(np.array([cells[i].p for i in family])) if family else np.array([])
    judged = list(cells)
    for i, p in zip(family, adjusted.tolist(), strict=True):
        delta, delta90 = cells[i].delta, cells[i].delta90
        if delta is not None and delta90 is not None:
            word = verdict(delta, delta90, p, materiality=materiality)
            judged[i] = replace(cells[i], holm_p=p, verdict=word)
    return judged


def _mark_best(
    cells: Sequence[Cell], results: Mapping[tuple[str, str, str], Outcomes | None]
) -> list[Cell]:
    """Mark, task by task, the best method but the ceiling and all it is not separated from."""
    marked = list(cells)
    for suite, task in sorted({(cell.suite, cell.task) for cell in cells}):
        row = [
            (i, result)
            for i, cell in enumerate(cells)
            if (cell.suite, cell.task) == (suite, task) and cell.method != CEILING
            if (result := results[suite, task, cell.method]) is not None
        ]
        if not row:
            continue
        best, top = max(row, key=lambda entry: float((entry[1].correct * entry[1].weights).mean()))
        marked[best] = replace(cells[best], among_best=True)
        rivals = [
            (i, pairs, own) for i, own in row if i != best if (pairs := _pair(own, top, cells[i]))
        ]
        tests = [
            twc(
                own.correct[[a for a, _ in pairs]] - top.correct[[b for _, b in pairs]],
                weights=top.weights,
            )
            for _, pairs, own in rivals
        ]
        adjusted = holm(np.array([test.p for test in tests])) if tests else np.array([])
        for (i, _, _), p in zip(rivals, adjusted.tolist(), strict=True):
            marked[i] = replace(cells[i], among_best=p > 0.05)
    return marked
