"""Stress curves as CSV."""

import csv
import io
import math

from da.benchmark.stress_cells import Stress
from da.transfer import Interval, PercentileInterval

SCORES = ("aurc", "harm", "relative_harm", "break_even", "worst")

#: The columns of the CSV: one row for each level of a curve, with the scores of the curve.
COLUMNS = (
    *("suite", "pair", "axis", "method", "level", "level_name", "strength", "draws", "seeds"),
    *("failed", "covariates", "verdict"),
    *("accuracy", "accuracy_low", "accuracy_high"),
    *("source_only", "source_only_low", "source_only_high"),
    *("delta", "delta_low", "delta_high", "delta_p"),
    *("beyond_adabn", "beyond_adabn_low", "beyond_adabn_high"),
    *(f"{score}{bound}" for score in SCORES for bound in ("", "_low", "_high")),
    *("noise", "break_even_tv", "notes"),
)


def csv_text(stress: Stress) -> str:
    """Return one row for each level of each curve, with the scores of the curve in every row."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(COLUMNS)
    for curve in stress.curves:
        scores = curve.scores
        of_curve = [
            *(text for name in SCORES for text in _bounds(getattr(scores, name, None))),
            _number(scores.noise if scores else None),
            _number(curve.by_tv.break_even.estimate if curve.by_tv else None),
            "; ".join(curve.notes),
        ]
        identity = [stress.suite, curve.pair, curve.axis, curve.method]
        for point, strength in zip(curve.points, curve.strengths.tolist(), strict=True):
            seeds = " ".join(map(str, curve.seeds))
            row = [point.level, point.text, _number(strength), point.draws, seeds, point.failed]
            covariates = ";".join(f"{k}={v:.6g}" for k, v in point.covariates.items())
            measured = [
                *_bounds(point.accuracy),
                *_bounds(point.source_only),
                *_bounds(point.delta),
                f"{point.delta.p:.3g}" if point.delta else "",
                *_bounds(point.beyond_adabn),
            ]
            verdict = point.verdict.value if point.verdict else ""
            writer.writerow([*identity, *row, covariates, verdict, *measured, *of_curve])
    return buffer.getvalue()


def _bounds(interval: Interval | PercentileInterval | None) -> list[str]:
    if interval is None:
        return ["", "", ""]
    return [_number(value) for value in (interval.estimate, interval.low, interval.high)]


def _number(value: float | None) -> str:
    return "" if value is None or math.isnan(value) else f"{value:.6f}"
