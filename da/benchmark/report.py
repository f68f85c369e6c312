"""All that a report is made of, computed once from the records of a suite."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from da.benchmark.aggregate import Aggregate
from da.benchmark.aggregation import aggregate
from da.benchmark.analysis import selection_rows
from da.benchmark.axes import AXES, place
from da.benchmark.cells import Analysis
from da.benchmark.outcomes import Split
from da.benchmark.papers import paper_of
from da.benchmark.reproduction import Reproduction, reproduction
from da.benchmark.selection import Record, Row
from da.benchmark.stress import stress
from da.benchmark.stress_cells import Stress
from da.benchmark.tuning import choose
from da.benchmark.validator_quality import ValidatorQuality, validator_quality


@dataclass(frozen=True)
class Report:
    """What the records of one suite say.

    Attributes:
        records: The records that tables of tasks are about, off the stress axes or at their clean
            end.
        splits: Target test sets by their sha256.
        rows: The cells under every selection row.
        select: The selection row of the results.
        suite: The methods over the tasks; None where there is one task.
        stress: The curves along stress axes; None where there are none.
        validators: What selecting by each validator costs; None where no method has variants to
            select from.
        reproduction: Our numbers beside the published ones; None where the suite is no published
            setting.
    """

    records: Sequence[Record]
    splits: Mapping[str, Split]
    rows: Sequence[Analysis]
    select: Row
    suite: Aggregate | None
    stress: Stress | None
    validators: ValidatorQuality | None
    reproduction: Reproduction | None = None

    @property
    def analysis(self) -> Analysis:
        """The cells under the selection row of the results."""
        return next(row for row in self.rows if row.select == self.select)


def make_report(
    records: Sequence[Record],
    splits: Mapping[str, Split],
    select: Row = "final",
    materiality: float = 0.01,
) -> Report:
    """Compute all that the records of a suite say.

    Args:
        records: Records of all checkpoints of one suite.
        splits: Target test sets by their sha256.
        select: Selection row of the results.
        materiality: Accuracy difference that matters, declared before running.

    Raises:
        ValueError: If the records lack the scores of the selection row, or contradict each other.
    """
    paper = paper_of(records[0]["suite"])
    if paper and paper.variants:
        records = choose(records, paper.variants)
    plain = off_axes(records)
    rows = selection_rows(plain, splits, materiality)
    analysis = next((row for row in rows if row.select == select), None)
    if analysis is None:
        raise ValueError(
            f"no record has the scores that the selection {select!r} ranks by; choose "
            f"{', '.join(row.select for row in rows)}, or run the suite again"
        )
    curves = None
    if any(place(record["task"]) for record in records):
        curves = stress(records, splits, select, materiality)
    pools = any("@" in record["method"]["name"] for record in plain)
    return Report(
        records=plain,
        splits=splits,
        rows=rows,
        select=select,
        suite=aggregate(analysis, plain, splits) if len(analysis.tasks) > 1 else None,
        stress=curves if curves and curves.methods else None,
        validators=validator_quality(plain, materiality=materiality) if pools else None,
        reproduction=reproduction(paper, rows) if paper else None,
    )


def off_axes(records: Sequence[Record]) -> list[Record]:
    """Return the records of tasks that are on no stress axis.

    Where all are, one clean end stands for each pair of domains: that of the first axis which
    leaves the task as it is there, for most share it.
    """
    places = [(record, place(record["task"])) for record in records]
    off = [record for record, spot in places if spot is None]
    if off or not records:
        return off
    clean = [name for name, axis in AXES.items() if axis.clean(0)]
    present = {spot.axis for _, spot in places if spot and spot.level == 0}
    first = next((a for a in [*clean, *AXES] if a in present), None)
    return [r for r, spot in places if spot and (spot.axis, spot.level) == (first, 0)]
