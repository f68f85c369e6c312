"""Results that others published: the numbers to compare a reproduction with."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from da.benchmark.grid import unknown
from da.benchmark.published_sources import read, sources

#: Task of a mean over tasks, as printed.
AVERAGE = "average"

#: What tells the columns of one table from those of another.
TABLE = ("benchmark", "implementation", "protocol", "metric")


@dataclass(frozen=True)
class Published:
    """One printed number.

    Attributes:
        benchmark: Data and network or features, such as ``office31-resnet50``.
        implementation: Who ran it, such as ``TLlib``; ``paper`` for tables that the field collects
            from each method's own paper, ``DSN paper`` for a table of one paper.
        protocol: What was trained on and scored; see
            :func:`~da.benchmark.published_sources.protocols`.
        selection: How the scored checkpoint or hyper-parameters were chosen: ``oracle epoch`` (the
            best on the labels that are scored), ``last epoch``, ``oracle`` and ``worst`` (the best
            and the worst candidate), ``labelled target`` (some labels of the target), ``fixed``,
            ``reverse validation``, the name of a validator, ``none`` where there is nothing to
            choose, or ``not stated``.
        method: Plain name of the method, the same in all tables.
        task: ``source->target`` with the names of our domains where we have the data, or
            ``average`` for a printed mean over tasks.
        metric: ``accuracy`` (on the target), ``mean class accuracy``, ``source accuracy`` or
            ``target training accuracy``.
        value: The number, in percent.
        spread: Standard deviation over runs as printed, in percent; None if not printed.
        runs: Number of runs that the value is the mean of; None if not stated.
        source: Key of the work that reports the number; see
            :func:`~da.benchmark.published_sources.sources`.
        quoted_in: Key of the text in which it was read, if that is another one; else empty.
        note: What a reader must know, such as that a printed mean is not that of its cells.
    """

    benchmark: str
    implementation: str
    protocol: str
    selection: str
    method: str
    task: str
    metric: str
    value: float
    spread: float | None
    runs: int | None
    source: str
    quoted_in: str
    note: str

    @property
    def first_hand(self) -> bool:
        """Whether the number was read where it was first reported, not in a copy of it."""
        return not self.quoted_in and sources()[self.source].kind != "collection"


def published(
    benchmark: str | None = None,
    *,
    implementation: str | None = None,
    protocol: str | None = None,
    selection: str | None = None,
    method: str | None = None,
    task: str | None = None,
    metric: str | None = None,
) -> list[Published]:
    """Return the published results with these properties, in the order of the file.

    Each name must occur in the benchmark; names that occur, but not together, give no results.

    Raises:
        ValueError: If a name does not occur; the sentence says what does.
    """
    rows = list(_rows())
    if benchmark is not None:
        _check("benchmark", benchmark, rows)
        rows = [row for row in rows if row.benchmark == benchmark]
    wanted = {
        "implementation": implementation,
        "protocol": protocol,
        "selection": selection,
        "method": method,
        "task": task,
        "metric": metric,
    }
    given = {column: name for column, name in wanted.items() if name is not None}
    for column, name in given.items():
        _check(column, name, rows)
    return [row for row in rows if all(getattr(row, c) == name for c, name in given.items())]


def benchmarks() -> list[str]:
    """Return the names of all benchmarks with published results."""
    return sorted({row.benchmark for row in _rows()})


def implementations(benchmark: str) -> list[str]:
    """Return who published results on a benchmark.

    Raises:
        ValueError: If there are none on this benchmark.
    """
    return sorted({row.implementation for row in published(benchmark)})


def average(rows: Sequence[Published]) -> float:
    """Return the mean over the tasks of a table, in percent, of one method in it.

    Printed means are left aside.

    Args:
        rows: Results of one method in one table, chosen in one way.

    Raises:
        ValueError: If they are of several methods or tables, or a task of the table is missing.
    """
    cells = [row for row in rows if row.task != AVERAGE]
    kept = {(*_table(row), row.selection, row.method) for row in cells}
    if len(kept) != 1:
        raise ValueError(
            f"an average is over the tasks of one method in one table; got {len(kept)} of them; "
            "choose benchmark, implementation, protocol, selection, metric and method"
        )
    tasks = {row.task for row in _rows() if _table(row) == _table(cells[0])} - {AVERAGE}
    if missing := sorted(tasks - {row.task for row in cells}):
        raise ValueError(
            f"{cells[0].method} has no average over the {len(tasks)} tasks of the table; "
            f"it lacks {', '.join(missing)}"
        )
    return sum(row.value for row in cells) / len(cells)


def citation(row: Published) -> str:
    """Return who reported a result, and where it was read if that is another text."""
    known = sources()
    reported = known[row.source].citation()
    return f"{reported} Read in: {known[row.quoted_in].citation()}" if row.quoted_in else reported


@cache
def _rows() -> tuple[Published, ...]:
    rows = []
    for row in read("published.csv"):
        texts = {c: row[c] for c in row if c not in ("value", "spread", "runs")}
        spread = float(row["spread"]) if row["spread"] else None
        runs = int(row["runs"]) if row["runs"] else None
        rows.append(Published(**texts, value=float(row["value"]), spread=spread, runs=runs))
    return tuple(rows)


def _check(column: str, name: str, rows: Sequence[Published]) -> None:
    known = sorted({getattr(row, column) for row in rows})
    if name not in known:
        raise ValueError(unknown(f"published {column}", name, known))


def _table(row: Published) -> tuple[str, ...]:
    return tuple(getattr(row, column) for column in TABLE)
