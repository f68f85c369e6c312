"""What the cells of stress tables say, whatever their format."""

import math
from collections.abc import Callable

from da.benchmark.axes import AXES
from da.benchmark.stress_cells import Curve, Scores, Stress
from da.benchmark.wording import method_name, percent, points, task_name, threshold
from da.transfer import PercentileInterval


def axis_name(axis: str) -> str:
    """Return the name of an axis in words."""
    return axis.replace("_", " ")


def level_text(axis: str, value: float) -> str:
    """Return where a strength lies: at a level, or between two."""
    names = AXES[axis].levels
    at = value * (len(names) - 1)
    low, high = math.floor(at + 1e-9), math.ceil(at - 1e-9)
    return f"at {names[low]}" if low >= high else f"between {names[low]} and {names[high]}"


def strength(value: float) -> str:
    """Return a position on an axis, or the sign for nowhere."""
    return "∞" if math.isinf(value) else f"{value:.2f}"


def share(interval: PercentileInterval) -> str:
    """Return an area in points with its interval; a dash where it may be anything.

    So it is with shares of what source-only knows, where that may be nothing.
    """
    if not math.isfinite(interval.high):
        return "–"
    return f"{percent(interval.estimate)} [{percent(interval.low)}, {percent(interval.high)}]"


def change(interval: PercentileInterval) -> str:
    """Return a difference in points with its interval."""
    bounds = (_finite(bound, points) for bound in (interval.low, interval.high))
    return f"{points(interval.estimate)} [{', '.join(bounds)}]"


def entries(curve: Curve | None, scores: Scores | None) -> list[tuple[str, bool]]:
    """Return the lines of one cell of the table, and whether each is separated from no harm."""
    if curve is None:
        return [("–", False)]
    if scores is None:
        return [("n/a" if not curve.points else "one level", False)]
    worst = curve.worst
    negative = worst is not None and worst.verdict is not None and worst.verdict.negative
    mark = "" if curve.complete else "†"
    return [
        (f"{share(scores.harm)}{mark}", curve.hurts),
        (change(scores.worst), negative),
        (f"s* {strength(scores.break_even.estimate)}", False),
    ]


def overall_rows(stress: Stress) -> tuple[list[str], list[list[str]]]:
    """Return header and rows of the harm of each method over its axes, least harm first."""
    header = ["method", "axes", "mean HARM", "HARM on its worst axis", "worst axis"]
    rows = [
        [
            *(method_name(o.method), str(len(o.axes)), share(o.harm), share(o.worst)),
            axis_name(o.worst_axis) if o.worst.estimate > 0 else "–",
        ]
        for o in stress.overall
    ]
    return header, rows


def relative_rows(stress: Stress, pair: str) -> tuple[list[str], list[list[str]]]:
    """Return header and rows of the harm as a share of what source-only knows."""
    header = ["method", *map(axis_name, stress.axes)]
    rows = []
    for method in stress.methods:
        curves = [stress.curve(pair, axis, method) for axis in stress.axes]
        texts = [share(c.scores.relative_harm) if c and c.scores else "–" for c in curves]
        rows.append([method_name(method), *texts])
    return header, rows


def tv_rows(stress: Stress, pair: str) -> tuple[list[str], list[list[str]]]:
    """Return header and rows of the scores over the measured total variation."""
    header = ["method", "from", "to", "AURC", "HARM", "starts to hurt at"]
    rows = []
    for method in stress.methods:
        curve = stress.curve(pair, "label_shift", method)
        if curve is not None and curve.by_tv is not None:
            tv, scores = [point.covariates["tv"] for point in curve.points], curve.by_tv
            row = [method_name(method), f"{min(tv):.2f}", f"{max(tv):.2f}", change(scores.aurc)]
            rows.append([*row, share(scores.harm), strength(scores.break_even.estimate)])
    return header, rows


def legend(stress: Stress) -> str:
    """Return what the entries of the tables mean."""
    noise = sorted(curve.scores.noise for curve in stress.curves if curve.scores)
    usual = percent(noise[len(noise) // 2]) if noise else "–"
    return (
        "First line HARM: accuracy in points that a method loses against source-only, over an axis "
        "from its clean end, 0, to its other end, 1 (area between zero and the curve of "
        "differences where it lies below zero). Second line: the difference at the worst level. In "
        "brackets 95 % intervals of a bootstrap over seeds and test samples. s*: where on the axis "
        f"the loss first exceeds {threshold(stress.materiality)}; ∞ for nowhere. Bold: at some "
        "level (second line: at that level) adapting is shown to hurt. HARM is never below zero: "
        f"noise alone gives {usual} in the median curve."
        + " † not measured from end to end."
        * any(_incomplete(c) for c in stress.curves)
    )


def notes(stress: Stress) -> list[str]:
    """Return what is missing and why, alike curves of a method on one line."""
    axes: dict[tuple[str, str, str], list[str]] = {}
    for curve in stress.curves:
        for note in curve.notes:
            key = (task_name(curve.pair), method_name(curve.method), note)
            axes.setdefault(key, []).append(axis_name(curve.axis))
    return [
        f"{method} on {pair}, "
        f"{'every axis' if len(on) == len(stress.axes) else ' / '.join(on)}: {note}"
        for (pair, method, note), on in sorted(axes.items())
    ]


def _finite(value: float, write: Callable[[float], str]) -> str:
    return write(value) if math.isfinite(value) else "∞" if value > 0 else "−∞"


def _incomplete(curve: Curve) -> bool:
    return curve.scores is not None and not curve.complete
