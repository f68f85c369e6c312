"""Figures of a whole table, and the style of all figures: one colour is one method."""

import io
import re
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
from matplotlib import rc_context
from matplotlib.colors import TwoSlopeNorm
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from da.benchmark.cells import Analysis, Cell
from da.benchmark.selection import BASELINE, CEILING
from da.benchmark.wording import SIGNS, method_name, points, task_name

#: Colours that stand for those of a theme until :func:`svg` puts them in.
INK, FAINT, PAPER = "#010203", "#010204", "#010205"

#: The theme of a page that defines these CSS variables, and that of a file on its own.
PAGE = {INK: "var(--ink)", FAINT: "var(--faint)", PAPER: "var(--paper)"}
LIGHT = {INK: "#1f2328", FAINT: "#8b949e", PAPER: "#ffffff"}

# Okabe & Ito, *Color Universal Design*, 2008: told apart with every kind of colour vision.
_PALETTE = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#a6761d", "#7a5cc0")
#: Settings under which the figures are drawn and saved.
STYLE: dict[Any, Any] = {
    "svg.fonttype": "none",
    "svg.hashsalt": "da",
    "font.size": 10,
    "axes.edgecolor": FAINT,
    "axes.labelcolor": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlesize": 10.5,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "text.color": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "grid.color": FAINT,
    "grid.alpha": 0.35,
    "grid.linewidth": 0.6,
    "legend.frameon": False,
    "figure.facecolor": PAPER,
    "axes.facecolor": "none",
}


def colours(methods: Iterable[str]) -> dict[str, str]:
    """Return the colour of each method: grey for the floor, ink for the ceiling."""
    adapting = sorted({*methods} - {BASELINE, CEILING})
    palette = {name: _PALETTE[i % len(_PALETTE)] for i, name in enumerate(adapting)}
    return palette | {BASELINE: "#808890", CEILING: INK}


@rc_context(STYLE)
def accuracy_by_task(analysis: Analysis) -> Figure:
    """Draw target test accuracy with 95 % intervals, one line of dots per method and task."""
    tasks = analysis.tasks
    methods = [m for m in analysis.methods if any(c.accuracy for c in _of(analysis, m))]
    palette = colours(analysis.methods)
    height = 0.17 * len(methods) * len(tasks) + 0.16 * len(tasks) + 1.1
    figure = Figure(figsize=(11.4, height), layout="constrained")
    axes = figure.subplots()
    step = 0.8 / max(len(methods), 1)
    for row, task in enumerate(tasks):
        if row % 2:
            axes.axhspan(row - 0.5, row + 0.5, color=FAINT, alpha=0.09, linewidth=0)
        for i, method in enumerate(methods):
            cell = analysis.cell(method, task)
            if cell is None or cell.accuracy is None:
                continue
            y = row + (i - (len(methods) - 1) / 2) * step
            low, high = 100 * max(cell.accuracy.low, 0.0), 100 * min(cell.accuracy.high, 1.0)
            axes.plot([low, high], [y, y], color=palette[method], linewidth=1.6, alpha=0.75)
            seeds = [100 * a for a in cell.accuracies]
            axes.plot(seeds, [y] * len(seeds), "|", color=palette[method], markersize=5, alpha=0.8)
            marker = {BASELINE: "s", CEILING: "D"}.get(method, "o")
            axes.plot(
                100 * cell.accuracy.estimate, y, marker, color=palette[method], markersize=5.5
            )
    axes.set_yticks(range(len(tasks)), [task_name(task) for task in tasks])
    axes.set_ylim(len(tasks) - 0.5, -0.5)
    axes.tick_params(axis="y", length=0)
    axes.grid(axis="x")
    axes.set_axisbelow(True)
    axes.set_xlabel("target test accuracy (%), 95 % interval; ticks: single seeds")
    marks = {BASELINE: "s", CEILING: "D"}
    handles = [
        Line2D([], [], color=palette[m], marker=marks.get(m, "o"), label=method_name(m))
        for m in methods
    ]
    figure.legend(handles=handles, loc="outside upper left", ncols=min(len(methods), 7))
    return figure


@rc_context(STYLE)
def difference_map(analysis: Analysis) -> Figure:
    """Draw differences from source-only as a heat map around zero, with the verdicts."""
    methods = [m for m in analysis.methods if any(c.adapts for c in _of(analysis, m))]
    tasks = analysis.tasks
    values = np.full((len(tasks), len(methods)), np.nan)
    for i, task in enumerate(tasks):
        for j, method in enumerate(methods):
            cell = analysis.cell(method, task)
            if cell is not None and cell.delta is not None:
                values[i, j] = 100 * cell.delta.estimate
    limit = max(float(np.nanmax(np.abs(values))) if np.isfinite(values).any() else 0.0, 1.0)
    figure = Figure(
        # no lower than the label of the colours is long
        figsize=(min(3.4 + 1.6 * max(len(methods), 2), 11.4), 1.2 + 0.5 * max(len(tasks), 2)),
        layout="constrained",
    )
    axes = figure.subplots()
    norm = TwoSlopeNorm(0.0, -limit, limit)
    image = axes.pcolormesh(
        np.ma.masked_invalid(values), cmap="RdBu", norm=norm, edgecolors=PAPER, linewidth=2
    )
    for i, task in enumerate(tasks):
        for j, method in enumerate(methods):
            cell = analysis.cell(method, task)
            if cell is None or cell.delta is None or cell.verdict is None:
                text, colour = ("–" if cell is None else "n/a"), FAINT
            else:
                text = f"{points(cell.delta.estimate)}  {SIGNS[cell.verdict]}"
                colour = "white" if abs(values[i, j]) > 0.6 * limit else "#1a1a1a"
            axes.text(j + 0.5, i + 0.5, text, ha="center", va="center", color=colour)
    axes.set_xticks(np.arange(len(methods)) + 0.5, [method_name(m) for m in methods])
    axes.set_yticks(np.arange(len(tasks)) + 0.5, [task_name(task) for task in tasks])
    axes.set_ylim(len(tasks), 0)
    axes.xaxis.tick_top()
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    bar = figure.colorbar(image, ax=axes, shrink=0.9, pad=0.02)
    bar.set_label("points from source-only")
    bar.outline.set_visible(False)
    return figure


def svg(figure: Figure, name: str, theme: Mapping[str, str]) -> str:
    """Return a figure as an SVG element, the same bytes each time.

    Args:
        figure: The figure.
        name: Prefix of the ids within, so that two figures on a page do not share any.
        theme: What stands for :data:`INK`, :data:`FAINT` and :data:`PAPER`.
    """
    buffer = io.StringIO()
    with rc_context(STYLE):
        figure.savefig(buffer, format="svg", metadata={"Date": None})
    text = buffer.getvalue()
    text = text[text.index("<svg") :]
    text = re.sub(r"\s*<metadata>.*?</metadata>", "", text, flags=re.DOTALL)
    text = re.sub(r'(\bid="|url\(#|href="#)', rf"\g<1>{name}-", text)
    for colour, value in theme.items():
        text = text.replace(colour, value)
    return text.replace("'DejaVu Sans'", "system-ui, 'DejaVu Sans'")


def _of(analysis: Analysis, method: str) -> list[Cell]:
    return [cell for cell in analysis.cells if cell.method == method]
