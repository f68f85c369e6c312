"""Small tables beside the results: other references and ratios, then samples and classes."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from da.benchmark.cells import Analysis, Cell
from da.benchmark.pairs import ClassChange, Pair
from da.benchmark.references import CHANCE, has_target_labels, position
from da.benchmark.wording import (
    method_name,
    percent,
    points,
    probability,
    ratio,
    task_name,
    with_bounds,
)
from da.transfer import Interval, PercentileInterval, transfer_ratio_interval

#: Share of false claims among the classes that are said to lose or to gain.
Q = 0.1
_LISTED = 6


class Details(NamedTuple):
    """A table as text.

    Attributes:
        columns: Title and meaning of each.
        rows: Texts of each row, task and method first.
    """

    columns: Sequence[tuple[str, str]]
    rows: Sequence[Sequence[str]]


def references(analysis: Analysis) -> Details:
    """Compare source-only and what adapts with every other reference.

    Below the tasks stands the mean transfer ratio of each method over all tasks but the control.
    """
    cells = [c for c in _ordered(analysis) if c.references and not has_target_labels(c.method)]
    names = {name for cell in cells for name in cell.references} - {CHANCE}
    against = [*sorted(names, key=position), CHANCE]
    columns = [
        ("task", "source → target, scenario"),
        ("method", "method"),
        *((f"Δ {_short(name)}", _meaning(name)) for name in against),
        ("gap closed", "percent of the way from source-only to target-only"),
        ("fallen to chance", "harm in percent of what source-only knows beyond chance; 100: all"),
        ("transfer ratio", "target error as a multiple of that of target-only"),
    ]
    rows = [
        [
            task_name(cell.task),
            method_name(cell.method),
            *(with_bounds(cell.references.get(name)) for name in against),
            *_ratios(cell),
        ]
        for cell in cells
    ]
    empty = ["–"] * (len(against) + 2)
    means = ((method, mean_transfer_ratio(analysis, method)) for method in analysis.methods)
    rows += [
        ["mean over tasks", method_name(method), *empty, ratio(mean)]
        for method, mean in means
        if mean is not None
    ]
    return Details(columns, rows)


def samples(analysis: Analysis) -> Details:
    """Tell which samples and classes each method breaks and mends."""
    columns = [
        ("task", "source → target, scenario"),
        ("method", "method"),
        ("broken", "percent of samples that only source-only gets right, with its interval"),
        ("mended", "percent of samples that only the method gets right, with its interval"),
        ("by retraining", "percent that source-only itself breaks from one seed to another"),
        ("always broken", "percent right with every seed of source-only and no seed of the method"),
        ("harm at most", "percent, on further samples, known without labels (95 %): disagreement"),
        ("worst class", "difference of recall in points, drawn to zero as far as it is noise"),
        ("p", "that class, corrected for having picked it (max-T)"),
        ("classes that lose", "points, likewise; Benjamini-Hochberg over the classes, q = .10"),
        ("classes that gain", "points, likewise; Benjamini-Hochberg over the classes, q = .10"),
    ]
    cells = [(c, c.pair) for c in _ordered(analysis) if c.adapts and c.pair is not None]
    return Details(columns, [_sample_row(cell, pair) for cell, pair in cells])


def mean_transfer_ratio(analysis: Analysis, method: str) -> PercentileInterval | None:
    """Return the mean transfer ratio of a method over all tasks with a ceiling but the control."""
    pairs = [
        cell.pair
        for cell in analysis.cells
        if cell.method == method and cell.adapts and not cell.control and cell.pair is not None
    ]
    levels = [(pair, adapted, ceiling) for pair in pairs for adapted, _, ceiling in [pair.levels]]
    known = [(pair, right, ceiling) for pair, right, ceiling in levels if ceiling is not None]
    if not known:
        return None
    return transfer_ratio_interval(
        [right for _, right, _ in known],
        [ceiling for _, _, ceiling in known],
        [pair.own.test_sha256 for pair, _, _ in known],
        weights=[pair.weights for pair, _, _ in known],
        resamples=1000,
    )


def losing(pair: Pair) -> list[ClassChange]:
    """Return the classes whose recall falls, with a share :data:`Q` of false claims."""
    return [c for c in pair.classes if _claimed(c) and c.delta < 0]


def gaining(pair: Pair) -> list[ClassChange]:
    """Return the classes whose recall rises, with a share :data:`Q` of false claims."""
    return [c for c in pair.classes if _claimed(c) and c.delta > 0]


def _claimed(change: ClassChange) -> bool:
    return change.adjusted_p is not None and change.adjusted_p <= Q


def _ordered(analysis: Analysis) -> list[Cell]:
    cells = (analysis.cell(m, t) for t in analysis.tasks for m in analysis.methods)
    return [cell for cell in cells if cell is not None]


def _ratios(cell: Cell) -> list[str]:
    if cell.pair is None or not cell.adapts:
        return ["–"] * 3
    found = cell.pair.ratios
    return [
        with_bounds(found.gap_closed),
        with_bounds(found.normalized_gap),
        ratio(found.transfer_ratio),
    ]


def _sample_row(cell: Cell, pair: Pair) -> list[str]:
    harm, worst = pair.harm, pair.classwise.worst_class
    change = next((c for c in pair.classes if c.number == worst), None)
    return [
        task_name(cell.task),
        method_name(cell.method),
        _share(harm.nfr),
        _share(harm.pfr),
        "–" if len(pair.rows) == 1 else percent(harm.churn),
        percent(harm.always),
        percent(pair.certificate),
        "–" if change is None else _listed(cell, [change]),
        "–" if change is None else probability(pair.classwise.worst_p),
        _listed(cell, losing(pair)),
        _listed(cell, gaining(pair)),
    ]


def _listed(cell: Cell, changes: Iterable[ClassChange]) -> str:
    ordered = sorted(changes, key=lambda change: (-abs(change.shrunken or 0.0), change.number))
    texts = [f"{cell.class_name(c.number)}: {points(c.shrunken)}" for c in ordered[:_LISTED]]
    more = [f"{len(ordered) - _LISTED} more"] if len(ordered) > _LISTED else []
    return ", ".join(texts + more) or "–"


def _share(interval: Interval) -> str:
    # a share is not negative, whatever its t interval says
    low, high = percent(max(interval.low, 0.0)), percent(interval.high)
    return f"{percent(interval.estimate)} [{low}, {high}]"


def _short(name: str) -> str:
    return (
        "source only + AdaBN" if name == "adabn" else name if name == CHANCE else method_name(name)
    )


def _meaning(name: str) -> str:
    if name == CHANCE:
        return "difference, in points, from always predicting the most frequent class of the target"
    if name == "adabn":
        return "difference, in points, from source-only with the batch statistics of the target"
    return "difference, in points, from training on these target labels without the source"
