"""How much stress each method bears: from stored records to curves of harm over each axis."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

import numpy as np

from da.benchmark.outcomes import Split
from da.benchmark.selection import Record, Row
from da.benchmark.stress_cells import Curve, Overall, Point, Scores, Stress
from da.benchmark.stress_curves import measure
from da.benchmark.stress_scores import score
from da.transfer import holm, verdict

__all__ = ["Curve", "Overall", "Point", "Scores", "Stress", "stress"]


def stress(
    records: Iterable[Record],
    splits: Mapping[str, Split],
    select: Row = "final",
    materiality: float = 0.01,
    *,
    resamples: int = 10_000,
) -> Stress:
    """Follow every method along every axis, against the source-only runs of the same seeds.

    A level that was not measured, a run that failed (a guess) and a method that does not apply are
    said in the notes of their curve. Records of tasks without stress are passed over.

    Args:
        records: Records of all checkpoints of one suite, in any order.
        splits: Ids, labels and weights of the target test sets by their sha256.
        select: Selection row: which checkpoint of a run counts.
        materiality: Loss of accuracy that matters, declared before running.
        resamples: Number of resamples behind the intervals of scores.

    Returns:
        The curves, the same for the same records; none if no task lies on an axis.

    Raises:
        ValueError: If there are several suites, a test set is missing, one test sample has two
            labels, or a method was tested on other samples than source-only.
    """
    records = list(records)
    suites = sorted({record["suite"] for record in records})
    if len(suites) > 1:
        raise ValueError(
            f"a stress test is about one suite; got records of {', '.join(suites)}, so analyse "
            "each alone"
        )
    curves, draws, labels = measure(records, splits, select)
    curves, overall = score(
        _judge(curves, materiality), draws, labels, materiality=materiality, resamples=resamples
    )
    return Stress("".join(suites), curves, overall, select, materiality)


def _judge(curves: tuple[Curve, ...], materiality: float) -> tuple[Curve, ...]:
    """Give every point its verdict, with p-values adjusted over all points of one pair."""
    adjusted: dict[tuple[int, int], float] = {}
    for pair in sorted({curve.pair for curve in curves}):
        family = {
            (i, j): point.delta.p
            for i, curve in enumerate(curves)
            for j, point in enumerate(curve.points)
            if curve.pair == pair and point.delta is not None
        }
        if family:
            adjusted |= zip(family, holm(np.array([*family.values()])).tolist(), strict=True)

    def judged(point: Point, at: tuple[int, int]) -> Point:
        if point.delta is None or point.delta90 is None:
            return point
        word = verdict(point.delta, point.delta90, adjusted[at], materiality=materiality)
        return replace(point, verdict=word)

    return tuple(
        replace(curve, points=tuple(judged(point, (i, j)) for j, point in enumerate(curve.points)))
        for i, curve in enumerate(curves)
    )
