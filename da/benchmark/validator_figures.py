"""Figures of the benchmark of validators."""

from collections.abc import Callable, Mapping

import numpy as np
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from da.benchmark.figures import FAINT, INK, PAGE, PAPER, STYLE, svg
from da.benchmark.validator_outcomes import DEFAULT, RANDOM
from da.benchmark.validator_problems import MEANING, Problem
from da.benchmark.validator_quality import ValidatorQuality
from da.benchmark.validator_report import validator_name
from da.benchmark.validator_rows import QualityRow
from da.benchmark.wording import threshold

_GUARDED, _OPEN = "#0072b2", "#d55e00"  # of the palette of all figures

Value = Callable[[QualityRow], float]


def figures(quality: ValidatorQuality, theme: Mapping[str, str] = PAGE) -> dict[str, str]:
    """Return the figures as SVG elements by name: ``validators`` and ``validator_harm``.

    Args:
        quality: What to draw; without any row there is no figure.
        theme: Colours of the page that they stand on.
    """
    if not quality.problems:
        return {}
    drawn = {"validators": regret_by_validator(quality), "validator_harm": harm(quality)}
    return {name: svg(figure, name, theme) for name, figure in drawn.items()}


def regret_by_validator(quality: ValidatorQuality) -> Figure:
    """Draw the mean regret of each validator with its interval, one panel a problem."""
    label = "regret in points: mean over tasks, 95 % interval"
    return _panels(quality, lambda row: 100 * row.regret.estimate, label, intervals=True)


def harm(quality: ValidatorQuality) -> Figure:
    """Draw how often each validator selects what is worse than source-only."""
    label = f"selections more than {threshold(quality.materiality)} below source-only (%)"
    return _panels(quality, lambda row: 100 * row.harmful, label, intervals=False)


@rc_context(STYLE)
def _panels(quality: ValidatorQuality, value: Value, label: str, *, intervals: bool) -> Figure:
    problems = quality.problems
    names = _order(quality)
    size = (3.2 + 2.75 * len(problems), 1.5 + 0.24 * len(names))
    figure = Figure(figsize=size, layout="constrained")
    panels = figure.subplots(1, len(problems), sharey=True, squeeze=False)[0]
    for axes, problem in zip(panels, problems, strict=True):
        for y, name in enumerate(names):
            for guarded, shift in ((False, 0.16), (True, -0.16)):
                row = quality.row(problem, name, guarded=guarded)
                if row is not None:
                    _dot(axes, row, y + shift, value, intervals=intervals)
        _references(axes, quality, problem, value)
        axes.set_title(f"{MEANING[problem][0].removeprefix('the ')}")
        axes.grid(axis="x")
        axes.set_axisbelow(True)
        axes.tick_params(axis="y", length=0)
        if not intervals:
            axes.set_xlim(-2, 102)
            axes.set_xticks(range(0, 101, 25))
    panels[0].set_yticks(range(len(names)), [validator_name(n, problems[0]) for n in names])
    panels[0].set_ylim(len(names) - 0.4, -0.6)
    figure.supxlabel(label, fontsize=10, color=INK)
    figure.legend(handles=_legend(), loc="outside upper left", ncols=4)
    return figure


def _order(quality: ValidatorQuality) -> list[str]:
    """Return the validators by the mean of their ranks over the problems, best first."""
    ranks: dict[str, list[int]] = {}
    for problem in quality.problems:
        rows = [row for row in quality.of(problem) if not row.reference]
        for rank, row in enumerate(rows):
            ranks.setdefault(row.validator, []).append(rank)
    return sorted(ranks, key=lambda name: (np.mean(ranks[name]), name))


def _dot(axes: Axes, row: QualityRow, y: float, value: Value, *, intervals: bool) -> None:
    colour = _GUARDED if row.guarded else _OPEN
    if intervals:
        ends = [100 * row.regret.low, 100 * row.regret.high]
        axes.plot(ends, [y, y], color=colour, linewidth=1.4, alpha=0.75)
    fill = colour if row.guarded else PAPER
    axes.plot(value(row), y, "o", color=colour, markerfacecolor=fill, markersize=5)


def _references(axes: Axes, quality: ValidatorQuality, problem: Problem, value: Value) -> None:
    for name, style in ((DEFAULT, "--"), (RANDOM, ":")):
        row = quality.row(problem, name)
        if row is not None:
            colour = INK if name == DEFAULT else FAINT
            axes.axvline(value(row), color=colour, linestyle=style, linewidth=1.2, zorder=0.5)


def _legend() -> list[Line2D]:
    return [
        Line2D([], [], color=_GUARDED, marker="o", linestyle="", label="behind the guard"),
        Line2D(
            *([], []),
            color=_OPEN,
            marker="o",
            markerfacecolor=PAPER,
            linestyle="",
            label="without the guard",
        ),
        Line2D([], [], color=INK, linestyle="--", label="without a validator"),
        Line2D([], [], color=FAINT, linestyle=":", label="a random candidate"),
    ]
