"""The list of methods as it stands in a Markdown file."""

from collections.abc import Sequence
from itertools import groupby
from pathlib import Path

from da.benchmark.publish import replace_between
from da.overview.entries import Entry, measurement

START, END = "<!-- methods -->", "<!-- end: methods -->"
_HEADER = ("method", "file", "paper", "made for", "assumes", "tends to hurt", "step")


def markdown(entries: Sequence[Entry]) -> str:
    """Return the list as one table, with a row above each family.

    Args:
        entries: Methods in the order of the table.
    """
    lines = [_row(_HEADER), _row(["---"] * (len(_HEADER) - 1) + ["---:"])]
    for family, members in groupby(entries, key=lambda e: e.family):
        lines.append(_row([f"**{family}**", *[""] * (len(_HEADER) - 1)]))
        for e in members:
            paper = e.paper.short if e.paper else "–"
            if e.paper and e.paper.url:
                paper = f"[{paper}]({e.paper.url})"
            made_for = ", ".join(e.settings)
            step = f"{e.cost[0]:.2f}" if e.cost else "–"
            lines.append(
                _row([e.written, f"`{e.name}`", paper, made_for, e.assumes, e.hurts, step])
            )
    return "\n".join([*lines, "", measured_with()])


def measured_with() -> str:
    """Return what the last column is, and with what it was measured."""
    m = measurement()
    if not m["ratios"]:
        return "Step: time of a training step over that of source-only, not measured."
    return (
        "Step: processor time of a training step over that of source-only "
        f"({m['source_only_ms']:g} ms) on the same network: {m['network']}, batches of "
        f"{m['batch']} embedded digits, one thread; the median of {m['rounds']} rounds of "
        f"{m['steps']} steps. Measured on {m['date']} with torch {m['torch']}, code "
        f"{m['code_commit'][:10]}, by `make speed`; a dash for what "
        "is fitted at once."
    )


def update(readme: Path, entries: Sequence[Entry]) -> None:
    """Write the list between its marks in a Markdown file.

    Raises:
        ValueError: If the file has no such marks.
    """
    replace_between(readme, START, END, markdown(entries))


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
