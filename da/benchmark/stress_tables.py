"""Stress curves as tables in Markdown and LaTeX."""

from collections.abc import Callable, Sequence

from da.benchmark.stress_cells import Curve, Scores, Stress
from da.benchmark.stress_rows import (
    axis_name,
    entries,
    legend,
    notes,
    overall_rows,
    relative_rows,
    tv_rows,
)
from da.benchmark.tables import latex_escape, markdown_escape, markdown_table
from da.benchmark.wording import method_name, task_name


def markdown(stress: Stress) -> str:
    """Return the tables in Markdown: one for each pair of domains, then what holds over all axes.

    Args:
        stress: The curves.

    Returns:
        Harm, lowest difference and break-even of every method on every axis, their summary, where
        there are data for it the difference from AdaBN and label shift by its measured size, the
        legend and the notes. A sentence if there is no curve.
    """
    if not stress.methods:
        return "No method was tested under stress.\n"
    parts = []
    for pair in stress.pairs:
        parts.append(markdown_escape(f"{task_name(pair)}:"))
        parts.append(_table(stress, pair, lambda c: c.scores, bold=True))
    parts += ["Over all axes:", _markdown(*overall_rows(stress))]
    for pair in stress.pairs:
        title = f"{task_name(pair)}, HARM in percent of what source-only knows beyond guessing:"
        parts += [markdown_escape(title), _markdown(*relative_rows(stress, pair))]
        own = [c for c in stress.curves if c.pair == pair]
        if any(c.beyond_adabn for c in own):
            title = f"{task_name(pair)}, against source-only with AdaBN instead of source-only:"
            table = _table(stress, pair, lambda c: c.beyond_adabn, bold=False)
            parts += [markdown_escape(title), table]
        if any(c.by_tv for c in own):
            title = f"{task_name(pair)}, label shift by total variation of the class priors:"
            parts += [markdown_escape(title), _markdown(*tv_rows(stress, pair))]
    parts += map(markdown_escape, [legend(stress), *notes(stress)])
    return "\n\n".join(part.rstrip("\n") for part in parts) + "\n"


def latex(stress: Stress) -> str:
    """Return one LaTeX ``tabular`` for each pair of domains, for the booktabs package."""
    lines = []
    for pair in stress.pairs:
        header = ["method", *map(axis_name, stress.axes)]
        lines += [
            rf"\begin{{tabular}}{{l{'r' * len(stress.axes)}}}",
            r"\toprule",
            " & ".join(map(latex_escape, header)) + r" \\",
            r"\midrule",
        ]
        for method in stress.methods:
            row = [latex_escape(method_name(method))]
            for axis in stress.axes:
                curve = stress.curve(pair, axis, method)
                cell = [
                    rf"\textbf{{{_latex(text)}}}" if strong else _latex(text)
                    for text, strong in entries(curve, curve.scores if curve else None)
                ]
                row.append(r"\shortstack[r]{" + r" \\ ".join(cell) + "}")
            lines.append(" & ".join(row) + r" \\[3pt]")
        lines += [r"\bottomrule", r"\end{tabular}", f"% {task_name(pair)}"]
    comments = [f"% {' '.join(note.split())}" for note in (legend(stress), *notes(stress))]
    return "\n".join([*lines, *comments]) + "\n"


def _table(stress: Stress, pair: str, pick: Callable[[Curve], Scores | None], *, bold: bool) -> str:
    header = ["method", *map(axis_name, stress.axes)]
    rows = []
    for method in stress.methods:
        curves = [stress.curve(pair, axis, method) for axis in stress.axes]
        if not bold and not any(curve and pick(curve) for curve in curves):
            continue  # a second reference is not compared with itself
        row = [markdown_escape(method_name(method))]
        for curve in curves:
            lines = entries(curve, pick(curve) if curve else None)
            texts = ((markdown_escape(text), strong and bold) for text, strong in lines)
            row.append("<br>".join(f"**{text}**" if strong else text for text, strong in texts))
        rows.append(row)
    return markdown_table(header, rows)


def _markdown(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    return markdown_table(
        [markdown_escape(name) for name in header],
        [[markdown_escape(text) for text in row] for row in rows],
    )


def _latex(text: str) -> str:
    return latex_escape(text).replace("s*", "$s^*$").replace("∞", r"$\infty$")
