"""Stress curves in plain sentences."""

import math

import numpy as np

from da.benchmark.selection import BASELINE
from da.benchmark.stress_cells import SECOND, Curve, Stress
from da.benchmark.stress_rows import axis_name, level_text, notes, share
from da.benchmark.wording import count, method_name, percent, points, task_name, threshold


def story(stress: Stress) -> list[str]:
    """Tell which method bears what, where it starts to hurt, and what nothing protects against.

    Args:
        stress: The curves.

    Returns:
        Sentences in the order in which they matter, all derived from the curves.
    """
    if not stress.methods:
        return ["No method was tested under stress."]
    judged = [c for c in stress.curves if c.scores is not None]
    return [
        *_floor(stress),
        *_unprotected(stress, judged),
        *(sentence for method in stress.methods for sentence in _method(stress, method, judged)),
        *_measured(stress, judged),
        *_ranking(stress),
        *_second(stress, judged),
        *_collapse(stress, judged),
        *_gaps(stress),
        *_power(stress, judged),
    ]


def _floor(stress: Stress) -> list[str]:
    """Say how stress changes source-only itself."""
    levels = []
    for curve in sorted(stress.curves, key=lambda c: stress.axes.index(c.axis)):
        if curve.method == BASELINE and len(curve.points) > 1:
            first, last = (curve.points[i].accuracy.estimate for i in (0, -1))
            levels.append(f"{_axis(stress, curve)} {percent(first)} to {percent(last)}")
    if not levels:
        return []
    return [
        "Without adapting, accuracy in percent goes from the clean end of each axis to the other "
        f"as follows: {'; '.join(levels)}."
    ]


def _unprotected(stress: Stress, judged: list[Curve]) -> list[str]:
    """Say on which axes every method, or none, is shown to hurt."""
    places: dict[str, list[Curve]] = {}
    for axis in stress.axes:
        for curve in judged:
            if curve.axis == axis:
                places.setdefault(_axis(stress, curve), []).append(curve)
    fatal = [p for p, curves in places.items() if all(c.hurts for c in curves)]
    calm = [p for p, curves in places.items() if not any(c.hurts for c in curves)]
    number = count(len({c.method for c in judged}), "method")
    sentences = []
    if fatal:
        sentences.append(
            f"Against {_and(fatal)} nothing protects: each of the methods tested there, {number} "
            "in all, is shown to hurt at some level."
        )
    elif judged:
        sentences.append("On every axis there is a method that is not shown to hurt.")
    if calm:
        sentences.append(
            f"On {_and(calm)} no method is shown to hurt, which does not prove them harmless."
        )
    return sentences


def _method(stress: Stress, method: str, judged: list[Curve]) -> list[str]:
    """Say what one method bears and where it starts to hurt."""
    own = sorted((c for c in judged if c.method == method), key=lambda c: stress.axes.index(c.axis))
    borne = [_axis(stress, c) for c in own if c.tolerates]
    hurt = [c for c in own if c.hurts]
    open_ = [_axis(stress, c) for c in own if not c.hurts and not c.tolerates]
    parts = []
    if borne:
        parts.append(f"bears {_and(borne)} from end to end without harm that matters")
    if hurt:
        hurt.sort(key=lambda c: c.worst.delta.estimate if c.worst and c.worst.delta else 0.0)
        parts.append(f"hurts under {'; '.join(_harm(stress, c) for c in hurt)}")
    if open_:
        parts.append(f"is undecided under {_and(open_)}")
    return [f"{method_name(method)} {'; it '.join(parts)}."] if parts else []


def _harm(stress: Stress, curve: Curve) -> str:
    """Say where a curve starts to matter and how low it falls."""
    text = _axis(stress, curve)
    if curve.scores is not None and math.isfinite(curve.scores.break_even.estimate):
        text += f" (starting {level_text(curve.axis, curve.scores.break_even.estimate)}"
    else:
        text += " (by less than matters"
    worst = curve.worst
    if worst is not None and worst.delta is not None:
        text += f", {points(worst.delta.estimate)} points at {worst.text}"
    return text + ")"


def _measured(stress: Stress, judged: list[Curve]) -> list[str]:
    """Say at which total variation label shift starts to hurt."""
    turns = [
        (c.by_tv.break_even.estimate, f"{method_name(c.method)}{_on(stress, c)}")
        for c in judged
        if c.by_tv is not None and c.hurts and math.isfinite(c.by_tv.break_even.estimate)
    ]
    if not turns:
        return []
    listed = ", ".join(f"{name} {at:.2f}" for at, name in sorted(turns))
    return [
        "By the measured total variation between the class priors, the loss under label shift "
        f"exceeds {threshold(stress.materiality)} from here on: {listed}."
    ]


def _ranking(stress: Stress) -> list[str]:
    """Say which methods do least and most harm over all axes, as far as they are comparable."""
    most = max((len(o.axes) for o in stress.overall), default=0)
    alike = [o for o in stress.overall if len(o.axes) == most]
    if len(alike) < 2:
        return []
    least, worst = alike[0], alike[-1]
    known = least.harm.high < worst.harm.low
    return [
        f"Over {count(most, 'axis').replace('axiss', 'axes')} {method_name(least.method)} does "
        f"least harm (mean HARM {share(least.harm)} points) and {method_name(worst.method)} most "
        f"({share(worst.harm)}, worst under {axis_name(worst.worst_axis)})"
        + ("." if known else "; their intervals overlap, so that the order is not established.")
    ]


def _second(stress: Stress, judged: list[Curve]) -> list[str]:
    """Say whose loss adds harm to that of the target's batch statistics."""
    known = [(c, p.beyond_adabn) for c in judged for p in c.points[-1:] if p.beyond_adabn]
    if not known:
        return []
    below: dict[str, list[str]] = {}
    for curve, interval in known:
        if interval.high < -stress.materiality:
            below.setdefault(method_name(curve.method), []).append(_axis(stress, curve))
    sentence = (
        f"Compared with {method_name(SECOND)}, which takes nothing but the target's batch "
        "statistics, at the strongest level that was measured "
    )
    if not below:
        return [f"{sentence}no method is clearly worse by more than matters."]
    listed = "; ".join(f"{method} under {_and(axes)}" for method, axes in below.items())
    return [f"{sentence}these are worse by more than matters: {listed}."]


def _collapse(stress: Stress, judged: list[Curve]) -> list[str]:
    """Say where source-only itself knows little, so that there is little to lose."""
    lost = {}
    for curve in judged:
        floor = [p.source_only.estimate for p in curve.points if p.source_only]
        known = [accuracy - 1 / curve.num_classes for accuracy in floor]
        if known and min(known) < known[0] / 3:
            lost[_axis(stress, curve)] = min(floor)
    if not lost:
        return []
    listed = _and([f"{axis} ({percent(accuracy)} %)" for axis, accuracy in sorted(lost.items())])
    return [
        f"Source-only itself collapses under {listed}: little is left to lose there, so read the "
        "HARM as a share of what source-only still knows."
    ]


def _gaps(stress: Stress) -> list[str]:
    """Say what was not measured or failed."""
    return [f"{note}." for note in notes(stress)]


def _power(stress: Stress, judged: list[Curve]) -> list[str]:
    """Say how much the intervals resolve, and what noise looks like in the scores."""
    if not judged:
        return []
    seeds = sorted({len(c.seeds) for c in judged})
    number = " or ".join(map(str, seeds)) + (" seed" if seeds == [1] else " seeds")
    widths = [100 * p.delta.half_width for c in judged for p in c.points if p.delta]
    noise = [c.scores.noise for c in judged if c.scores]
    sentence = (
        f"With {number} a difference at one level is known to ±{np.median(widths):.1f} points in "
        f"the median; a method that changes nothing would show a HARM of about "
        f"{percent(float(np.median(noise)))} by noise alone."
    )
    if seeds[0] == 1:
        sentence += " One seed speaks about these trained models, not about the methods."
    elif seeds[0] < 5:
        sentence += " Fewer than five seeds are exploratory: trust the pattern, not one curve."
    return [sentence]


def _axis(stress: Stress, curve: Curve) -> str:
    return axis_name(curve.axis) + _on(stress, curve)


def _on(stress: Stress, curve: Curve) -> str:
    return f" on {task_name(curve.pair)}" if len(stress.pairs) > 1 else ""


def _and(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
