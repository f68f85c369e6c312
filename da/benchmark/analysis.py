"""From stored records to one cell per method and task: did adapting help, and how sure are we?"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from da.benchmark import selection
from da.benchmark.cells import CONTROL, Analysis, Cell, Summary
from da.benchmark.outcomes import Outcomes, Split, outcomes
from da.benchmark.pairs import Pair, common_rows
from da.benchmark.references import differences, has_target_labels
from da.benchmark.selection import BASELINE, CEILING, ROWS, Record, Row, Selected
from da.transfer import holm, twc, verdict

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
        own = results[suite, task, method]
        cell = _describe(group, own)
        if own is not None:
            others = {m: o for (_, t, m), o in results.items() if t == task and m != method and o}
            names = splits[own.test_sha256].get("class_names", ())
            compared = differences(own, others, f"{method} on {task}")
            cell = replace(cell, references=compared, class_names=tuple(names))
            if BASELINE in others:
                rows = common_rows(own, others[BASELINE], f"{method} on {task}")
                pair = Pair(own, others[BASELINE], others.get(CEILING), rows)
                cell = _compare(cell, pair) if rows else cell
        cells.append(cell)
    cells = _mark_best(_judge(cells, materiality), results)
    return Analysis(tuple(cells), select, materiality)


def selection_rows(
    records: Sequence[Record], splits: Mapping[str, Split], materiality: float = 0.01
) -> list[Analysis]:
    """Analyse the same runs under every selection row that their scores allow."""
    rows = [row for row in ROWS if row != "full" or selection.has_families(records)]
    return [analyse(records, splits, row, materiality) for row in rows]


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
    by_class = [own.correct[:, own.labels == c].mean(axis=1) for c in np.unique(own.labels)]
    recalls = np.mean(by_class, axis=0)
    return replace(
        cell,
        seeds=own.seeds,
        n_test=len(own.labels),
        accuracies=tuple(float(a) for a in (own.correct * own.weights).mean(axis=1)),
        accuracy=twc(own.correct, weights=own.weights),
        recalls=tuple(recalls.tolist()),
        macro=float(recalls.mean()),
        transductive=float(np.mean(adapted + guesses)) if len(adapted) == len(evaluated) else None,
    )


def _compare(cell: Cell, pair: Pair) -> Cell:
    """Return the cell with its differences from source-only, over the seeds that both have."""
    difference = pair.adapted - pair.reference
    delta = twc(difference, weights=pair.weights)
    # An item on which both agree is right for both or wrong for both.
    if not abs(delta.estimate) <= pair.disagreement + 1e-9:
        raise ValueError(
            f"evaluation is inconsistent: {cell.method} on {cell.task} differs from "
            f"source-only by {delta.estimate:.6f} in accuracy and by {pair.disagreement:.6f} in "
            f"predictions, which bounds it, so check that both are of the same samples and weights"
        )
    return replace(
        cell,
        delta=delta,
        delta90=twc(difference, level=0.9, weights=pair.weights),
        pair=pair,
    )


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
    """Mark, task by task, the best method without target labels and all that equal it."""
    marked = list(cells)
    for suite, task in sorted({(cell.suite, cell.task) for cell in cells}):
        row = [
            (i, result)
            for i, cell in enumerate(cells)
            if (cell.suite, cell.task) == (suite, task) and not has_target_labels(cell.method)
            if (result := results[suite, task, cell.method]) is not None
        ]
        if not row:
            continue
        best, top = max(row, key=lambda entry: float((entry[1].correct * entry[1].weights).mean()))
        marked[best] = replace(cells[best], among_best=True)
        rivals = [
            (i, pairs, own)
            for i, own in row
            if i != best
            if (pairs := common_rows(own, top, f"{cells[i].method} on {task}"))
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
