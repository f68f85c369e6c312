"""The columns of the results table on the page."""

import math
from collections.abc import Callable
from typing import Any

from da.benchmark.cells import Cell
from da.benchmark.wording import (
    SIGNS,
    method_name,
    percent,
    points,
    probability,
    task_name,
    with_bounds,
)
from da.transfer import Interval

_Value = float | str | None

#: Columns of the results: title, meaning, and what a cell sorts by and shows.
COLUMNS: tuple[tuple[str, str, Callable[[Cell], tuple[_Value, str]]], ...] = (
    ("task", "source → target, scenario", lambda c: (c.task, task_name(c.task))),
    ("method", "method", lambda c: (c.method, method_name(c.method))),
    (
        "accuracy",
        "target test accuracy in percent, mean over seeds ± half the 95 % interval",
        lambda c: (c.accuracy.estimate if c.accuracy else None, _with_width(c.accuracy)),
    ),
    (
        "Δ",
        "difference from source-only of the same seed in points, with its 95 % interval",
        lambda c: (c.delta.estimate if c.delta else None, with_bounds(c.delta)),
    ),
    (
        "verdict",
        "what the table may claim about adapting",
        lambda c: (c.verdict.value if c.verdict else None, _word(c)),
    ),
    (
        "p (Holm)",
        "p-value of the difference, adjusted over all adaptation cells of the table",
        lambda c: (c.holm_p, probability(c.holm_p)),
    ),
    (
        "macro Δ",
        "mean difference in recall over classes, in points",
        lambda c: (c.macro_delta, points(c.macro_delta)),
    ),
    (
        "flips −/+",
        "percent of samples that only source-only gets right / only the method gets right",
        lambda c: (c.nfr, "–" if c.nfr is None else f"{percent(c.nfr)} / {percent(c.pfr)}"),
    ),
    (
        "disagree",
        "percent of samples predicted differently from source-only: no harm or gain exceeds it",
        lambda c: (c.disagreement, percent(c.disagreement)),
    ),
    (
        "hidden harm",
        "recall lost in the classes that lose, in points; ! where significant behind a gain",
        lambda c: (c.hidden_harm, percent(c.hidden_harm) + " !" * c.hidden),
    ),
    (
        "detectable",
        "smallest true difference, in points, that so many seeds and samples find 4 times in 5",
        lambda c: (_detectable(c), percent(_detectable(c))),
    ),
    (
        "transductive",
        "accuracy in percent on the target samples that were adapted to",
        lambda c: (c.transductive, percent(c.transductive)),
    ),
    (
        "runs",
        "number of runs by status, and their selected steps",
        lambda c: (sum(c.status.values()), _runs(c)),
    ),
)


def result(cell: Cell) -> dict[str, Any]:
    """Return a row of the results table: its verdict, and what each column sorts by and shows."""
    entries = []
    for _, _, show in COLUMNS:
        value, text = show(cell)
        entries.append({"value": "" if value is None else value, "text": text})
    kind = cell.verdict.value.lower() if cell.verdict else "none"
    return {"kind": kind, "best": cell.among_best, "reasons": cell.reasons, "entries": entries}


def _with_width(interval: Interval | None) -> str:
    if interval is None:
        return "n/a"
    return f"{percent(interval.estimate)} ± {100 * interval.half_width:.1f}"


def _detectable(cell: Cell) -> float | None:
    if cell.resolution is None or math.isnan(cell.resolution.detectable):
        return None  # nothing varied
    return cell.resolution.detectable


def _word(cell: Cell) -> str:
    return "–" if cell.verdict is None else f"{SIGNS[cell.verdict]} {cell.verdict.value}"


def _runs(cell: Cell) -> str:
    counts = ", ".join(f"{n} {status.replace('_', ' ')}" for status, n in cell.status.items())
    steps = sorted({step for step in cell.steps if step is not None})
    return counts + (f" @ {', '.join(map(str, steps))}" if steps else "")
