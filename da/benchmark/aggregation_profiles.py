"""How many runs score how much, and how many lose how much."""

from collections.abc import Sequence

import numpy as np
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from da.benchmark.aggregate import Aggregate, Standing
from da.benchmark.aggregation_story import lost
from da.benchmark.figures import FAINT, INK, STYLE, colours
from da.benchmark.selection import BASELINE
from da.benchmark.wording import method_name, threshold
from da.transfer import harm_profile, performance_profile

_FIRST, _LAST = 4, 2  # methods that get a colour, of more than can be told apart
_PANELS = 3  # scenarios that a title names


@rc_context(STYLE)
def score_profiles(aggregate: Aggregate) -> Figure | None:
    """Draw the share of runs that score above each threshold.

    Agarwal et al., *Deep Reinforcement Learning at the Edge of the Statistical Precipice*, NeurIPS
    2021. https://arxiv.org/abs/2108.13264

    Returns:
        None without a score.
    """
    rows = [s for s in aggregate.standings if s.scores and (s.adapts or s.method == BASELINE)]
    if not any(standing.adapts for standing in rows):
        return None
    ordered = sorted(rows, key=lambda s: (-(s.score.estimate if s.score else 0.0), s.method))
    shown = chosen([s.method for s in ordered if s.adapts])
    values = np.concatenate([s.scores for s in rows])
    low, high = min(0.0, float(values.min())) - 0.02, max(1.0, float(values.max())) + 0.02
    figure = Figure(figsize=(8.6, 4.4), layout="constrained")
    axes = figure.subplots()
    for standing in ordered:
        scores = np.array(standing.scores)
        thresholds = np.concatenate([[low], np.sort(scores), [high]])
        profile = performance_profile(scores, thresholds)
        _curve(axes, thresholds, 100 * profile, standing, aggregate, shown)
    axes.set_xlabel("score: 0 at chance, 1 at the mean of target-only")
    axes.set_ylabel("runs that score more (%)")
    axes.set_title(_choice(shown, ordered, "of the highest scores and", "of the lowest"))
    _finish(figure, [axes])
    return figure


@rc_context(STYLE)
def harm_profiles(aggregate: Aggregate) -> Figure | None:
    """Draw the share of runs that lost more than each difference, scenarios apart.

    Returns:
        None without a difference from source-only.
    """
    rows = [s for s in aggregate.adapting if s.runs]
    if not rows:
        return None
    apart = {s.method: tuple(d for a in s.apart.values() for d in a.runs) for s in rows}
    everything = {s.method: s.runs + apart[s.method] for s in rows}
    often = {method: lost(runs, aggregate.materiality) for method, runs in everything.items()}
    ordered = sorted(rows, key=lambda s: (-often[s.method], s.gain or 0.0, s.method))
    shown = chosen([s.method for s in ordered])
    panels = {"plain tasks" if aggregate.scenarios else "": {s.method: s.runs for s in rows}}
    if any(apart.values()):
        names = ", ".join(scenario.replace("_", " ") for scenario in aggregate.scenarios)
        panels[names if len(aggregate.scenarios) <= _PANELS else "scenarios"] = apart
    deepest = max(-min(map(min, everything.values())), 2 * aggregate.materiality, 0.01)
    figure = Figure(figsize=(8.6 if len(panels) == 1 else 11.4, 4.4), layout="constrained")
    drawn = list(figure.subplots(1, len(panels), sharex=True, sharey=True, squeeze=False)[0])
    for axes, (title, runs) in zip(drawn, panels.items(), strict=True):
        for standing in ordered:
            differences = np.array(runs[standing.method])
            if len(differences):
                losses = np.sort(np.clip(-differences, 0.0, None))
                losses = np.concatenate([[0.0], losses, [deepest]])
                profile = harm_profile(differences, losses)
                _curve(axes, 100 * losses, 100 * profile, standing, aggregate, shown)
        axes.axvline(100 * aggregate.materiality, color=INK, linewidth=0.8, linestyle=":")
        axes.set_title(title)
    _loss_axis(drawn[0], 100 * deepest, 100 * aggregate.materiality)
    drawn[0].set_ylabel("runs that lost more (%)")
    matters = f"dotted: harm matters from {threshold(aggregate.materiality)} on"
    figure.supxlabel(
        f"points lost against source-only of the same seed; {matters}", fontsize=9.5, color=INK
    )
    choice = _choice(shown, ordered, "that lose most often and", "that do so least")
    figure.suptitle(choice, fontsize=10.5, fontweight="bold")
    _finish(figure, drawn)
    return figure


def chosen(methods: Sequence[str]) -> tuple[str, ...]:
    """Return the methods that get a colour: all if few, else those at both ends of the order."""
    few = len(methods) <= _FIRST + _LAST + 1
    return tuple(methods) if few else (*methods[:_FIRST], *methods[-_LAST:])


def _choice(shown: Sequence[str], ordered: Sequence[Standing], first: str, last: str) -> str:
    """Say which methods have a colour, if not all."""
    adapting = sum(standing.adapts for standing in ordered)
    if len(shown) == adapting:
        return ""
    return f"in colour, of {adapting} methods the {_FIRST} {first} the {_LAST} {last}"


def _palette(aggregate: Aggregate, shown: Sequence[str]) -> dict[str, str]:
    """Return the colours that the page has for its methods, where it can tell all apart."""
    palette = colours(standing.method for standing in aggregate.standings)
    adapting = [standing.method for standing in aggregate.standings if standing.adapts]
    distinct = len({palette[method] for method in adapting}) == len(adapting)
    return palette if distinct else colours([*shown, BASELINE])


def _curve(
    axes: Axes,
    x: np.ndarray,
    y: np.ndarray,
    standing: Standing,
    aggregate: Aggregate,
    shown: Sequence[str],
) -> None:
    """Draw one method: in its colour with a name, or in the background."""
    if standing.method in (*shown, BASELINE):
        colour = _palette(aggregate, shown)[standing.method]
        style = "--" if standing.method == BASELINE else "-"
        label = method_name(standing.method)
        axes.step(x, y, style, where="post", color=colour, linewidth=1.8, label=label, zorder=3)
    else:
        axes.step(x, y, where="post", color=FAINT, linewidth=0.7, alpha=0.45, zorder=1)


def _loss_axis(axes: Axes, deepest: float, matters: float) -> None:
    """Give losses beyond the materiality equal steps by factor, so that all can be read."""
    axes.set_xscale("symlog", linthresh=max(matters, 0.5))
    ticks = [t for t in (0.0, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0) if t <= 1.05 * deepest]
    axes.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
    axes.set_xticks([], minor=True)
    axes.set_xlim(0, 1.05 * deepest)


def _finish(figure: Figure, drawn: Sequence[Axes]) -> None:
    for axes in drawn:
        axes.set_ylim(-2, 102)
        axes.grid()
        axes.set_axisbelow(True)
    handles, labels = drawn[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside right center")
