"""The table for the terminal, for Markdown and for LaTeX."""

from collections.abc import Sequence

from rich.table import Table
from rich.text import Text

from da.benchmark.cells import Analysis, Cell
from da.benchmark.wording import SIGNS, count, legend, method_name, percent, points, task_name
from da.transfer import Verdict

_COLOURS = {
    Verdict.NEG_MATERIAL: "red",
    Verdict.NEG: "red",
    Verdict.POS: "green",
    Verdict.SAFE: "cyan",
    Verdict.INCONCLUSIVE: "yellow",
}
_LATEX_SIGNS = {
    Verdict.NEG_MATERIAL: r"$\Downarrow$",
    Verdict.NEG: r"$\downarrow$",
    Verdict.POS: r"$\uparrow$",
    Verdict.SAFE: r"$\approx$",
    Verdict.INCONCLUSIVE: "?",
}
_LATEX_ESCAPES = {
    "\\": r"\textbackslash{}",
    **{sign: "\\" + sign for sign in "&%$#_{}"},
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "→": r"$\to$",
    "−": r"$-$",
    "±": r"$\pm$",
    "–": "--",
    "†": r"$^\dagger$",
}


def terminal(analysis: Analysis) -> Table:
    """Return the coloured table: one row per task, one column per method.

    Args:
        analysis: The cells.

    Returns:
        A table for :class:`rich.console.Console`, with the legend and the failures below it.
    """
    caption = "\n".join([legend(analysis.materiality), *notes(analysis)])
    table = Table(
        title=f"Selection: {analysis.select}", caption=Text(caption), caption_justify="left"
    )
    table.add_column("task", overflow="fold")
    for method in analysis.methods:
        table.add_column(Text(method_name(method)), justify="right")
    for task in analysis.tasks:
        row = [Text(task_name(task))]
        for method in analysis.methods:
            cell = analysis.cell(method, task)
            text = Text(level(cell), style="bold" if cell and cell.among_best else "")
            if cell and cell.verdict is not None:
                text.append(f" {change(cell)}", style=f"not bold {_COLOURS[cell.verdict]}")
            row.append(text)
        table.add_row(*row)
    return table


def markdown(analysis: Analysis) -> str:
    """Return the table in Markdown, with the legend and the failures below it."""
    header = ["task", *map(method_name, analysis.methods)]
    rows = []
    for task in analysis.tasks:
        row = [markdown_escape(task_name(task))]
        for method in analysis.methods:
            cell = analysis.cell(method, task)
            shown = f"**{level(cell)}**" if cell and cell.among_best else level(cell)
            row.append(f"{shown} {change(cell)}".strip())
        rows.append(row)
    below = [legend(analysis.materiality), *notes(analysis)]
    table = markdown_table([markdown_escape(name) for name in header], rows)
    return table + "\n" + "\n\n".join(map(markdown_escape, below)) + "\n"


def latex(analysis: Analysis) -> str:
    """Return the table as a LaTeX ``tabular`` for the booktabs package."""
    methods = analysis.methods
    lines = [
        rf"\begin{{tabular}}{{l{'r' * len(methods)}}}",
        r"\toprule",
        " & ".join(map(latex_escape, ["task", *map(method_name, methods)])) + r" \\",
        r"\midrule",
    ]
    for task in analysis.tasks:
        row = [latex_escape(task_name(task))]
        for method in methods:
            cell = analysis.cell(method, task)
            text = latex_escape(level(cell))
            text = rf"\textbf{{{text}}}" if cell and cell.among_best else text
            if cell and cell.verdict is not None and cell.delta is not None:
                change = latex_escape(points(cell.delta.estimate))
                text += rf" {{\scriptsize {change} {_LATEX_SIGNS[cell.verdict]}}}"
            row.append(text)
        lines.append(" & ".join(row) + r" \\")
    lines += [r"\bottomrule", r"\end{tabular}"]
    signs = ", ".join(
        f"{sign} {latex_escape(verdict.value)}" for verdict, sign in _LATEX_SIGNS.items()
    )
    comments = [
        f"% {' '.join(note.split())}" for note in (legend(analysis.materiality), *notes(analysis))
    ]
    return "\n".join([*lines, f"% Verdicts: {signs}", *comments]) + "\n"


def selection_table(analyses: Sequence[Analysis]) -> tuple[list[str], list[list[str]]]:
    """Compare selection rows: mean accuracy and mean difference of every method under each.

    Args:
        analyses: One analysis of the same runs per selection row.

    Returns:
        Header and rows of text. The means are over the tasks without the control.
    """
    header = ["method", *(_row_name(analysis) for analysis in analyses)]
    summaries = [{s.method: s for s in analysis.summaries()} for analysis in analyses]
    rows = []
    for method in analyses[0].methods if analyses else ():
        row = [method_name(method)]
        for analysis, by_method in zip(analyses, summaries, strict=True):
            summary = by_method[method]
            cells = [cell for cell in analysis.cells if cell.method == method]
            fallbacks = sum(cell.fallbacks for cell in cells if not cell.control)
            text = percent(summary.accuracy)
            if summary.delta is not None:
                text += f" ({points(summary.delta)})"
            row.append(f"{text}, {fallbacks}× source-only" if fallbacks else text)
        rows.append(row)
    return header, rows


def selection_terminal(analyses: Sequence[Analysis]) -> Table:
    """Return the comparison of selection rows for the terminal."""
    header, rows = selection_table(analyses)
    table = Table(title="Mean accuracy (mean difference from source-only) by selection")
    for i, name in enumerate(header):
        table.add_column(name, justify="right" if i else "left")
    for row in rows:
        table.add_row(*map(Text, row))
    return table


def selection_markdown(analyses: Sequence[Analysis]) -> str:
    """Return the comparison of selection rows in Markdown."""
    header, rows = selection_table(analyses)
    return markdown_table(
        [markdown_escape(name) for name in header],
        [[markdown_escape(text) for text in row] for row in rows],
    )


def notes(analysis: Analysis) -> list[str]:
    """Return what happened to the runs without a result, and why, alike cells on one line."""
    tasks: dict[tuple[str, str, str], list[str]] = {}
    for cell in analysis.cells:
        for status, number in cell.status.items():
            if status != "ok":
                what = f"{count(number, 'run')} {status.replace('_', ' ')}"
                key = (method_name(cell.method), what, "; ".join(cell.reasons))
                tasks.setdefault(key, []).append(task_name(cell.task))
    return [
        f"{method}: {what} on {'every task' if len(on) == len(analysis.tasks) else ' / '.join(on)}"
        f" ({reason})"
        for (method, what, reason), on in sorted(tasks.items())
    ]


def level(cell: Cell | None) -> str:
    """Return the accuracy of a cell, or why there is none."""
    if cell is None:
        return "–"
    if cell.accuracy is None:
        return "n/a"
    text = percent(cell.accuracy.estimate)
    if not cell.adapts:
        text += f" ±{100 * cell.accuracy.half_width:.1f}"
    failed = sum(n for status, n in cell.status.items() if status in ("diverged", "failed"))
    return text + "†" * bool(failed)


def change(cell: Cell | None) -> str:
    """Return the difference from source-only and the sign of the verdict."""
    if cell is None or cell.verdict is None or cell.delta is None:
        return ""
    return f"{points(cell.delta.estimate)} {SIGNS[cell.verdict]}"


def _row_name(analysis: Analysis) -> str:
    if analysis.select != "oracle":
        return analysis.select.replace("_", " ")
    return f"oracle (leak, best of {max((cell.pool for cell in analysis.cells), default=1)})"


def markdown_table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a table in Markdown: the first column to the left, the others to the right."""
    rule = ["---", *["---:"] * (len(header) - 1)]
    return "".join(f"| {' | '.join(row)} |\n" for row in (header, rule, *rows))


def markdown_escape(text: str) -> str:
    """Return text on one line that Markdown shows as it is."""
    for sign in "\\`*_|<>[]":
        text = text.replace(sign, "\\" + sign)
    return " ".join(text.split())


def latex_escape(text: str) -> str:
    """Return text that LaTeX shows as it is."""
    return "".join(_LATEX_ESCAPES.get(sign, sign) for sign in text)
