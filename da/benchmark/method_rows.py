"""The table of many methods: one row a method, best first, and one column a task."""

from da.benchmark.cells import Analysis, Summary
from da.benchmark.references import has_target_labels
from da.benchmark.selection import BASELINE
from da.benchmark.tables import change, level, markdown_escape, markdown_table, notes
from da.benchmark.wording import legend, method_name, percent, points, task_name

#: With more methods than this, a table of one column a method is too wide to read.
WIDEST = 10


def many_methods(analysis: Analysis) -> bool:
    """Return whether methods are too many to be columns."""
    return len(analysis.methods) > WIDEST


def markdown_by_method(analysis: Analysis) -> str:
    """Return the table with the legend and the failures below it.

    Methods are sorted by their mean difference from source-only over the tasks without the control;
    the floor comes first, and what has target labels last.
    """
    header = ["method", "mean", *(markdown_escape(task_name(task)) for task in analysis.tasks)]
    rows = []
    for summary in sorted(analysis.summaries(), key=_place):
        mean = percent(summary.accuracy)
        if summary.delta is not None:
            mean += f" {points(summary.delta)}"
        row = [markdown_escape(method_name(summary.method)), mean]
        for task in analysis.tasks:
            cell = analysis.cell(summary.method, task)
            text = f"**{level(cell)}**" if cell and cell.among_best else level(cell)
            row.append(f"{text} {change(cell)}".strip())
        rows.append(row)
    below = [legend(analysis.materiality).replace("best of the row", "best of its task")]
    text = "\n\n".join(map(markdown_escape, [*below, *notes(analysis)]))
    return f"{markdown_table(header, rows)}\n{text}\n"


def _place(summary: Summary) -> tuple[bool, bool, float, str]:
    delta = -1.0 if summary.delta is None else summary.delta
    return has_target_labels(summary.method), summary.method != BASELINE, -delta, summary.method
