"""All numbers of the cells as CSV, for those who make tables of their own."""

import csv
import io
import math
from typing import Any

from da.benchmark.cells import Analysis, Cell
from da.benchmark.pairs import Pair
from da.benchmark.references import CHANCE, position
from da.transfer import Interval, PercentileInterval


def cells_csv(analysis: Analysis) -> str:
    """Return one line per cell: fractions, empty where there is no number.

    Args:
        analysis: The table; the same one gives the same text.
    """
    names = {name for cell in analysis.cells for name in cell.references} - {CHANCE}
    rows = [_row(cell, [*sorted(names, key=position), CHANCE]) for cell in analysis.cells]
    columns = max(rows, key=len, default={})
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([[_text(row.get(column)) for column in columns] for row in rows])
    return buffer.getvalue()


def _row(cell: Cell, references: list[str]) -> dict[str, Any]:
    return {
        "suite": cell.suite,
        "task": cell.task,
        "method": cell.method,
        "seeds": len(cell.seeds),
        "test_samples": cell.n_test,
        **_interval("accuracy", cell.accuracy),
        "macro_recall": cell.macro,
        **_interval("delta", cell.delta),
        "p": cell.p,
        "holm_p": cell.holm_p,
        "verdict": None if cell.verdict is None else cell.verdict.value,
        "detectable": None if cell.resolution is None else cell.resolution.detectable,
        **{
            key: value
            for name in references
            for key, value in _interval(f"delta_{name}", cell.references.get(name)).items()
        },
        **_pair(cell.pair),
    }


def _pair(pair: Pair | None) -> dict[str, Any]:
    """Return what follows from method and source-only sample by sample."""
    if pair is None:
        return {}
    harm, classes, ratios = pair.harm, pair.classwise, pair.ratios
    return {
        **_interval("negative_flips", harm.nfr),
        **_interval("positive_flips", harm.pfr),
        "churn": harm.churn,
        "always_broken": harm.always,
        "disagreement": pair.disagreement,
        "certificate": pair.certificate,
        "macro_delta": classes.macro,
        "hidden_harm": classes.hidden_harm,
        "worst_class": classes.worst_class,
        "worst_class_p": classes.worst_p,
        **_interval("gap_closed", ratios.gap_closed),
        **_interval("normalized_gap", ratios.normalized_gap),
        **_interval("transfer_ratio", ratios.transfer_ratio),
    }


def _interval(name: str, interval: Interval | PercentileInterval | None) -> dict[str, Any]:
    if interval is None:
        return dict.fromkeys((name, f"{name}_low", f"{name}_high"))
    return {
        name: interval.estimate,
        f"{name}_low": interval.low,
        f"{name}_high": interval.high,
    }


def _text(value: Any) -> str:
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    return f"{value:.6f}" if isinstance(value, float) else str(value)
