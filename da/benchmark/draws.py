"""Random draws of one pair of domains, averaged: what papers print where samples are drawn anew."""

import re

import numpy as np

from da.benchmark.cells import Analysis
from da.benchmark.tables import markdown_escape, markdown_table
from da.benchmark.wording import method_name, task_name

_DRAW = re.compile(r"^(.*):draw(\d+)$")


def drawn_pairs(analysis: Analysis) -> dict[str, list[str]]:
    """Return the tasks of each pair of domains that has several draws, ``draw0`` and so on."""
    pairs: dict[str, list[str]] = {}
    for task in analysis.tasks:
        if match := _DRAW.match(task):
            pairs.setdefault(match[1], []).append(task)
    return {pair: tasks for pair, tasks in pairs.items() if len(tasks) > 1}


def markdown_over_draws(analysis: Analysis) -> str:
    """Return mean accuracy and standard deviation over draws, in percent, for each pair.

    The last row holds means over pairs. Seeds are averaged within a draw. A method without a number
    in one of the draws has none.
    """
    pairs = drawn_pairs(analysis)
    header = ["task", *(markdown_escape(method_name(method)) for method in analysis.methods)]
    rows, means = [], []
    for pair, tasks in pairs.items():
        values = [
            [_accuracy(analysis, method, task) for task in tasks] for method in analysis.methods
        ]
        means.append([float(np.mean(v)) for v in values])
        spread = [float(np.std(v, ddof=1)) for v in values]
        rows.append([markdown_escape(task_name(pair)), *map(_text, means[-1], spread)])
    overall = np.mean(means, axis=0).tolist()
    rows.append(["mean", *(_text(value, None) for value in overall)])
    counts = sorted({len(tasks) for tasks in pairs.values()})
    return (
        markdown_table(header, rows)
        + f"\nTarget test accuracy in percent: mean ± standard deviation over "
        f"{' or '.join(map(str, counts))} draws.\n"
    )


def _accuracy(analysis: Analysis, method: str, task: str) -> float:
    cell = analysis.cell(method, task)
    return float("nan") if cell is None or cell.accuracy is None else cell.accuracy.estimate


def _text(mean: float, spread: float | None) -> str:
    if np.isnan(mean):
        return "n/a"
    return f"{100 * mean:.1f}" + ("" if spread is None else f" ±{100 * spread:.1f}")
