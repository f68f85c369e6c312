"""Figures of methods over a suite, and their mean differences."""

from collections.abc import Mapping

from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from da.benchmark.aggregate import Aggregate
from da.benchmark.aggregation_columns import name
from da.benchmark.aggregation_profiles import harm_profiles, score_profiles
from da.benchmark.aggregation_ranks_figure import rank_diagram
from da.benchmark.figures import FAINT, INK, PAGE, STYLE, svg
from da.benchmark.wording import count
from da.transfer import SuiteMean

_PANELS = 3  # scenarios beside the plain tasks


def figures(aggregate: Aggregate, theme: Mapping[str, str] = PAGE) -> dict[str, str]:
    """Draw what there are data for, as SVG elements by name; the same bytes each time.

    Args:
        aggregate: The suite.
        theme: Colours of the page or of a file; see :mod:`da.benchmark.figures`.

    Returns:
        ``forest``, mean differences with both intervals; ``ranks``, the critical-difference
        diagram; ``scores``, performance profiles; ``harm``, how many runs lost how much.
    """
    drawn = {
        "forest": forest(aggregate),
        "ranks": rank_diagram(aggregate),
        "scores": score_profiles(aggregate),
        "harm": harm_profiles(aggregate),
    }
    return {
        key: svg(figure, f"suite-{key}", theme)
        for key, figure in drawn.items()
        if figure is not None
    }


@rc_context(STYLE)
def forest(aggregate: Aggregate) -> Figure | None:
    """Draw mean differences from source-only with both intervals, one row per method."""
    rows = aggregate.adapting
    if not rows:
        return None
    scenarios = list(aggregate.scenarios) if len(aggregate.scenarios) <= _PANELS else []
    figure = Figure(figsize=(11.4, 1.3 + 0.24 * max(len(rows), 3)), layout="constrained")
    grid = figure.subplots(1, 1 + len(scenarios), sharex=True, sharey=True, squeeze=False)
    panels = list(grid[0])
    for y, standing in enumerate(rows):
        values = [100 * delta for delta in standing.deltas.values()]
        panels[0].plot(values, [y] * len(values), "|", color=FAINT, markersize=7)
        _interval(panels[0], y, standing.delta, filled=standing.complete)
        for axes, scenario in zip(panels[1:], scenarios, strict=True):
            _interval(axes, y, standing.apart[scenario].delta, filled=True)
    kept = f"{count(len(aggregate.tasks), 'task')}, {count(aggregate.targets, 'target')}"
    titles = [kept, *(s.replace("_", " ") for s in scenarios)]
    for axes, title in zip(panels, titles, strict=True):
        axes.axvline(0, color=INK, linewidth=0.8)
        axes.axvline(-100 * aggregate.materiality, color=INK, linewidth=0.8, linestyle=":")
        axes.grid(axis="x")
        axes.set_axisbelow(True)
        axes.tick_params(axis="y", length=0)
        axes.set_title(title)
    panels[0].set_yticks(range(len(rows)), [name(standing, aggregate) for standing in rows])
    panels[0].set_ylim(len(rows) - 0.4, -0.6)
    figure.supxlabel(
        "points from source-only; thick: 95 % interval for these tasks, thin: for new targets; "
        "ticks: single tasks; dotted: materiality",
        fontsize=9.5,
        color=INK,
    )
    return figure


def _interval(axes: Axes, y: int, mean: SuiteMean | None, *, filled: bool) -> None:
    """Draw a mean with both intervals: blue above zero, red below, grey across."""
    if mean is None:
        return
    colour = "#4393c3" if mean.fixed.low > 0 else "#d6604d" if mean.fixed.high < 0 else "#808890"
    if mean.resampled is not None:
        low, high = 100 * mean.resampled.low, 100 * mean.resampled.high
        axes.plot([low, high], [y, y], color=colour, linewidth=1.0)
    low, high = 100 * mean.fixed.low, 100 * mean.fixed.high
    axes.plot([low, high], [y, y], color=colour, linewidth=3.6, solid_capstyle="butt")
    inside = colour if filled else "none"
    estimate = 100 * mean.fixed.estimate
    axes.plot(estimate, y, "o", color=colour, markerfacecolor=inside, markersize=6)
