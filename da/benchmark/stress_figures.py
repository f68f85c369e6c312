"""Figures of stress curves: small multiples, a panel for each axis."""

import re
import textwrap
from collections.abc import Callable, Iterable, Mapping

from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import NullLocator

from da.benchmark.axes import AXES
from da.benchmark.figures import FAINT, INK, PAGE, STYLE, colours, svg
from da.benchmark.selection import BASELINE
from da.benchmark.stress_cells import Point, Stress
from da.benchmark.wording import method_name
from da.transfer import Interval


def figures(stress: Stress, theme: Mapping[str, str] = PAGE) -> dict[str, str]:
    """Draw the curves of every pair of domains, the same bytes each time.

    Args:
        stress: The curves.
        theme: What stands for the colours of the theme; see :func:`da.benchmark.figures.svg`.

    Returns:
        SVG elements by name: for each pair ``differences-<pair>`` and ``accuracy-<pair>``, with the
        pair as letters, digits and hyphens. None without curves.
    """
    drawn = {}
    for pair in stress.pairs if stress.methods else ():
        for kind, draw in (("differences", differences), ("accuracy", accuracies)):
            name = f"{kind}-{slug(pair)}"
            drawn[name] = svg(draw(stress, pair), f"stress-{name}", theme)
    return drawn


def slug(pair: str) -> str:
    """Return a pair of domains as a part of a file name."""
    return re.sub(r"[^a-z0-9]+", "-", pair.lower()).strip("-")


#: Differences up to so many points are drawn to scale, larger ones by their logarithm: some methods
#: lose all there is to lose, and beside that a loss of five points could not be seen.
LINEAR = 10
TICKS = (-90, -30, -10, -5, 0, 5, 10, 30)


@rc_context(STYLE)
def differences(stress: Stress, pair: str) -> Figure:
    """Draw the difference from source-only along each axis, with 95 % intervals as bands."""
    curves = [c for c in stress.curves if c.pair == pair and c.method != BASELINE]
    panels = [*stress.axes, *(["tv"] if any(c.by_tv for c in curves) else [])]
    figure, grid = _grid(len(panels))
    palette = colours(stress.methods)
    for axes, panel in zip(grid, panels, strict=False):
        by_tv = panel == "tv"
        of = [c for c in curves if c.axis == ("label_shift" if by_tv else panel)]
        margin = 100 * stress.materiality
        axes.axhspan(-margin, margin, color=FAINT, alpha=0.25, linewidth=0)
        axes.axhline(0, color=INK, linewidth=0.8)
        for curve in of:
            if curve.by_tv or not by_tv:
                x = [p.covariates["tv"] if by_tv else float(p.level) for p in curve.points]
                _line(axes, x, curve.points, lambda p: p.delta, palette[curve.method])
        _name(axes, panel)
        axes.set_yscale("symlog", linthresh=LINEAR, linscale=1)
        low, high = axes.get_ylim()
        axes.set_yticks([tick for tick in TICKS if low <= tick <= high])
        axes.yaxis.set_major_formatter("{x:.0f}")
        axes.yaxis.set_minor_locator(NullLocator())
    _finish(
        figure,
        grid,
        stress.methods,
        palette,
        f"points from source-only, logarithmic beyond {LINEAR}",
    )
    return figure


@rc_context(STYLE)
def accuracies(stress: Stress, pair: str) -> Figure:
    """Draw the accuracy of every method along each axis: a loss also shows where all collapse."""
    methods = (BASELINE, *stress.methods)
    figure, grid = _grid(len(stress.axes))
    palette = colours(methods)
    for axes, panel in zip(grid, stress.axes, strict=False):
        of = {c.method: c for c in stress.curves if (c.pair, c.axis) == (pair, panel)}
        for method in methods[::-1]:  # the floor on top
            curve = of.get(method)
            if curve is not None:
                x = [float(p.level) for p in curve.points]
                _line(axes, x, curve.points, lambda p: p.accuracy, palette[method], method)
        _name(axes, panel)
        axes.set_ylim(0, 100)
    _finish(figure, grid, methods, palette, "target test accuracy (%)")
    return figure


def _grid(panels: int) -> tuple[Figure, list[Axes]]:
    columns = 3 if panels % 3 == 0 else 4
    rows = -(-panels // columns)
    figure = Figure(figsize=(11.4, 2.6 * rows + 0.5), layout="constrained")
    grid = list(figure.subplots(rows, columns, squeeze=False, sharey=True).ravel())
    for axes in grid[panels:]:
        axes.set_visible(False)
    return figure, grid[:panels]


def _line(
    axes: Axes,
    x: Iterable[float],
    points: Iterable[Point],
    value: Callable[[Point], Interval | None],
    colour: str,
    method: str = "",
) -> None:
    """Draw one curve over its band of intervals."""
    known = [(at, interval) for at, p in zip(x, points, strict=True) if (interval := value(p))]
    known.sort(key=lambda entry: entry[0])
    at = [a for a, _ in known]
    low, high = ([100 * getattr(i, bound) for _, i in known] for bound in ("low", "high"))
    axes.fill_between(at, low, high, color=colour, alpha=0.13, linewidth=0)
    style = "--s" if method == BASELINE else "-o"
    axes.plot(at, [100 * i.estimate for _, i in known], style, color=colour, markersize=3.5)


def _name(axes: Axes, panel: str) -> None:
    """Write what an axis is, and what its levels are called."""
    axes.grid(axis="y")
    axes.set_axisbelow(True)
    if panel == "tv":
        axes.set_title("label shift, measured")
        meaning = "total variation between the class priors of source and target"
    else:
        axis = AXES[panel]
        axes.set_title(panel.replace("_", " "))
        axes.set_xticks(range(len(axis.levels)), axis.levels)
        axes.set_xlim(-0.15, len(axis.levels) - 0.85)
        meaning = axis.meaning
    axes.set_xlabel(textwrap.fill(meaning, 38), fontsize=8.5)


def _finish(
    figure: Figure, grid: list[Axes], methods: Iterable[str], palette: Mapping[str, str], unit: str
) -> None:
    figure.supylabel(unit, fontsize=10)
    for axes in grid:
        axes.tick_params(labelleft=True)
    handles = [
        Line2D(
            *([], []),
            color=palette[m],
            marker="s" if m == BASELINE else "o",
            linestyle="--" if m == BASELINE else "-",
            label=method_name(m),
        )
        for m in methods
    ]
    figure.legend(handles=handles, loc="outside upper left", ncols=min(len(handles), 8))
