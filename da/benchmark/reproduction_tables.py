"""Our numbers beside the published ones: as tables, in words, and as a file for other programs."""

import csv
import io
from collections.abc import Sequence

from rich.table import Table
from rich.text import Text

from da.benchmark.reproduction import AVERAGE, Reproduced, Reproduction
from da.benchmark.tables import latex_escape, markdown_escape, markdown_table
from da.benchmark.wording import count, method_name, percent, points
from da.transfer import Replication, RunMean

#: Signs of the verdicts where there is no room for a word.
SIGNS = {Replication.REPRODUCED: "=", Replication.ABOVE: "↑", Replication.BELOW: "↓"}

_LATEX_SIGNS = {"↑": r"$\uparrow$", "↓": r"$\downarrow$"}
_SELECTIONS = {
    "final": "last step",
    "validator": "validator",
    "full": "full",
    "source_accuracy": "source accuracy",
    "oracle": "oracle",
}
_CSV = (
    *("method", "task", "selection", "ours", "half_width", "published", "published_half_width"),
    *("difference", "margin", "verdict", "gain", "published_gain", "final", "validator", "oracle"),
    *("benchmark", "implementation", "published_method"),
)


def overview(made: Reproduction) -> tuple[list[str], list[list[str]]]:
    """Return header and rows of the table of averages, or of the only task.

    What other selections of checkpoints would give is left out where there is nothing to select.
    """
    task = AVERAGE if AVERAGE in made.tasks else made.tasks[0]
    header = ["method", "ours", "published", "difference", "verdict", "gain", "published gain"]
    selects = made.paper.benchmark.checkpoints > 1
    if selects:
        header += ["last step", "validator", "oracle adds"]
    rows = []
    for method in made.methods:
        entry = made.entry(method, task)
        if entry is None:
            continue
        compared = entry.compared
        row = [
            method_name(method),
            _mean(entry.ours),
            _mean(entry.published),
            f"{points(compared.difference)} (±{percent(compared.margin)})" if compared else "–",
            compared.verdict.value if compared else "–",
            points(entry.gain),
            points(entry.published_gain),
        ]
        if selects:
            row += [percent(entry.rows.get(name)) for name in ("final", "validator")]
            row.append(points(entry.leak))
        rows.append(row)
    return header, rows


def by_task(made: Reproduction) -> tuple[list[str], list[list[str]]]:
    """Return header and rows of the table of all tasks: ours, the published number and a sign."""
    header = ["method", *(task.replace("->", "→") for task in made.tasks)]
    return header, [
        [method_name(method), *(_beside(made.entry(method, task)) for task in made.tasks)]
        for method in made.methods
    ]


def tables(made: Reproduction) -> list[tuple[list[str], list[list[str]]]]:
    """Return the overview and, of several tasks, the table of all."""
    return [overview(made), by_task(made)] if len(made.tasks) > 1 else [overview(made)]


def sentences(made: Reproduction) -> list[str]:
    """Return what was compared with what, and what came out, in words."""
    paper = made.paper
    compared = [e for e in made.entries if e.compared and e.task != AVERAGE]
    told = [f"{paper.citation} {paper.url}"]
    if paper.reduced:
        told.append(f"Smaller than published: {paper.reduced}")
    if compared:
        verdicts = [e.compared.verdict for e in compared if e.compared]
        told.append(
            f"Of {count(len(compared), 'published number')}, "
            f"{verdicts.count(Replication.REPRODUCED)} are met within what both can know or within "
            f"a point; {verdicts.count(Replication.ABOVE)} of ours are above and "
            f"{verdicts.count(Replication.BELOW)} below."
        )
    signed = [e for e in compared if e.gain is not None and e.published_gain is not None]
    if signed:
        same = sum((e.gain or 0) * (e.published_gain or 0) > 0 for e in signed)
        told.append(
            f"Adapting changes accuracy in the published direction in {same} of "
            f"{count(len(signed), 'comparison')}."
        )
    leaks = [e.leak for e in made.entries if e.leak is not None and e.task != AVERAGE]
    if leaks and max(leaks) > 0:
        told.append(
            "Choosing the checkpoint by target test labels adds "
            f"{points(sum(leaks) / len(leaks))} points to the last step on average, at most "
            f"{points(max(leaks))}."
        )
    return [*told, *paper.notes]


def legend(made: Reproduction) -> str:
    """Return what the numbers and signs mean."""
    text = (
        f"Target test {made.paper.metric} in percent; ± is half the 95 % interval over runs, of "
        "which one says nothing. Verdict: = reproduced, which is a difference within both "
        "intervals or one point (the margin in brackets), ↑ ours above, ↓ ours below. Gain: "
        "difference from source-only in points."
    )
    if made.paper.benchmark.checkpoints > 1:
        text += (
            f" Ours is of the checkpoint that its authors would take, by the rule "
            f"“{_SELECTIONS[made.paper.selection]}”; beside it those of the last step and of a "
            "validator without target labels, and what choosing by target labels adds to the last "
            "step."
        )
    return text


def markdown(made: Reproduction) -> str:
    """Return both tables in Markdown, with what they mean below."""
    parts = map(_markdown, tables(made))
    return "\n".join([*parts, markdown_escape(legend(made))]) + "\n"


def latex(made: Reproduction) -> str:
    """Return both tables as LaTeX ``tabular`` for the booktabs package."""
    return "\n".join([*map(_latex, tables(made)), f"% {legend(made)}"]) + "\n"


def csv_text(made: Reproduction) -> str:
    """Return one line for each method and task, fractions with six decimals."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(_CSV)
    for e in made.entries:
        compared, where = e.compared, e.reference
        numbers = [
            e.ours.estimate,
            e.ours.half_width,
            e.published.estimate if e.published else None,
            e.published.half_width if e.published else None,
            compared.difference if compared else None,
            compared.margin if compared else None,
        ]
        selected = [e.rows.get(row) for row in ("final", "validator", "oracle")]
        writer.writerow(
            [
                *(e.method, e.task, made.paper.selection, *map(_number, numbers)),
                compared.verdict.value if compared else "",
                *map(_number, [e.gain, e.published_gain, *selected]),
                *((where.benchmark, where.implementation, where.method) if where else ("",) * 3),
            ]
        )
    return buffer.getvalue()


def terminal(made: Reproduction) -> Table:
    """Return the overview for :class:`rich.console.Console`."""
    header, rows = overview(made)
    table = Table(title=made.paper.title, caption=Text(legend(made)), caption_justify="left")
    for i, title in enumerate(header):
        table.add_column(title, justify="right" if i else "left", overflow="fold")
    for row in rows:
        table.add_row(*row)
    return table


def _mean(mean: RunMean | None) -> str:
    if mean is None:
        return "–"
    half = mean.half_width
    return percent(mean.estimate) + ("" if half is None else f" ±{percent(half)}")


def _beside(entry: Reproduced | None) -> str:
    if entry is None:
        return "–"
    text = percent(entry.ours.estimate)
    if entry.published and entry.compared:
        text += f" ({percent(entry.published.estimate)}) {SIGNS[entry.compared.verdict]}"
    return text


def _markdown(table: tuple[list[str], list[list[str]]]) -> str:
    header, rows = table
    return markdown_table(
        [markdown_escape(name) for name in header],
        [[markdown_escape(text) for text in row] for row in rows],
    )


def _latex(table: tuple[Sequence[str], Sequence[Sequence[str]]]) -> str:
    header, rows = table
    lines = [rf"\begin{{tabular}}{{l{'r' * (len(header) - 1)}}}", r"\toprule"]
    lines += [" & ".join(map(_escape, header)) + r" \\", r"\midrule"]
    lines += [" & ".join(map(_escape, row)) + r" \\" for row in rows]
    return "\n".join([*lines, r"\bottomrule", r"\end{tabular}"])


def _escape(text: str) -> str:
    escaped = latex_escape(text)
    for sign, command in _LATEX_SIGNS.items():
        escaped = escaped.replace(sign, command)
    return escaped


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.6f}"
