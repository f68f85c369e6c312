"""One curve per pair of domains, axis and method: what was measured at each level."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from jaxtyping import Int

from da.benchmark import selection
from da.benchmark.axes import AXES, place
from da.benchmark.outcomes import Outcomes, Split, outcomes
from da.benchmark.references import has_target_labels
from da.benchmark.selection import BASELINE, Record, Row, Selected
from da.benchmark.stress_cells import SECOND, Curve, Point
from da.benchmark.wording import count
from da.transfer.stress_draws import Draw, draws_interval

Key = tuple[str, str, str]  # pair, axis, method


class LevelDraws(NamedTuple):
    """What the scores of one level are resampled from, draw by draw.

    Attributes:
        at: Level and number of each draw.
        delta: Difference from source-only.
        source_only: Correctness of source-only.
        adabn: Difference of source-only with AdaBN from source-only; empty without such runs.
    """

    at: list[tuple[int, int]]
    delta: list[Draw]
    source_only: list[Draw]
    adabn: list[Draw]


class _Cell(NamedTuple):
    """One method on one draw of one level."""

    outcome: Outcomes
    items: Int[np.ndarray, " n"]
    target: str
    failed: Mapping[int, bool]  # by seed
    covariates: Mapping[str, float]


def measure(
    records: Sequence[Record], splits: Mapping[str, Split], select: Row
) -> tuple[tuple[Curve, ...], dict[Key, list[LevelDraws]], dict[str, Int[np.ndarray, " items"]]]:
    """Return the curves without scores, what to resample for those, and each target's labels."""
    groups: dict[Key, dict[tuple[int, int], list[Selected]]] = {}
    for taken in selection.select([r for r in records if place(r["task"])], select):
        where = place(taken.record["task"])
        if where is not None and not has_target_labels(taken.method):
            key = (where.pair, where.axis, taken.method)
            tasks = groups.setdefault(key, {})
            tasks.setdefault((where.level, where.draw), []).append(taken)
    items: dict[str, dict[str, int]] = {}
    labels: dict[str, list[int]] = {}
    cells: dict[Key, dict[tuple[int, int], _Cell]] = {}
    for key, tasks in groups.items():
        for at, group in sorted(tasks.items()):
            outcome = outcomes(group, splits)
            if outcome is not None:
                target = group[0].record["task"]["target"]
                known, truth = items.setdefault(target, {}), labels.setdefault(target, [])
                index = _index(splits[outcome.test_sha256], known, truth, target)
                cells.setdefault(key, {})[at] = _cell(group, outcome, index, target)
    curves, draws = [], {}
    for key in sorted(groups):
        pair, axis, _ = key
        reasons = {t.record["reason"] for group in groups[key].values() for t in group}
        reasons |= {t.note for group in groups[key].values() for t in group}
        fallbacks = sum(t.fallback for group in groups[key].values() for t in group)
        notes = sorted(reason for reason in reasons if reason)
        if fallbacks:
            notes.append(f"source-only stands in for {count(fallbacks, 'run')}")
        own, floor = cells.get(key, {}), cells.get((pair, axis, BASELINE), {})
        curve, draws[key] = _curve(key, own, floor, cells.get((pair, axis, SECOND), {}), notes)
        curves.append(curve)
    return tuple(curves), draws, {target: np.array(truth) for target, truth in labels.items()}


def _index(
    split: Split, known: dict[str, int], truth: list[int], target: str
) -> Int[np.ndarray, " n"]:
    """Return where the items of a test set are among all of the target, with new ones added."""
    index = []
    for name, label in zip(split["ids"], split["labels"], strict=True):
        if known.setdefault(name, len(known)) == len(truth):
            truth.append(label)
        if truth[known[name]] != label:
            raise ValueError(
                f"a test sample has one class at all levels; got classes {truth[known[name]]} and "
                f"{label} for {name} of {target}"
            )
        index.append(known[name])
    return np.array(index)


def _cell(
    group: Sequence[Selected], outcome: Outcomes, items: Int[np.ndarray, " n"], target: str
) -> _Cell:
    records = [taken.record for taken in group]
    failed = {r["seed"]: r["status"] != "ok" for r in records}
    measured: dict[str, list[float]] = {}
    for record in records:
        for name, value in (record.get("covariates") or {}).items():
            if isinstance(value, int | float):
                measured.setdefault(name, []).append(float(value))
    covariates = {name: float(np.mean(values)) for name, values in sorted(measured.items())}
    return _Cell(outcome, items, target, failed, covariates)


def _curve(
    key: Key,
    own: Mapping[tuple[int, int], _Cell],
    floor: Mapping[tuple[int, int], _Cell],
    second: Mapping[tuple[int, int], _Cell],
    notes: list[str],
) -> tuple[Curve, list[LevelDraws]]:
    """Return one curve over the seeds that all its levels have."""
    pair, axis, method = key
    at = [a for a in sorted(own) if a in floor]
    every = {seed for cell in own.values() for seed in cell.outcome.seeds}
    seeds = sorted(every.intersection(*(c[a].outcome.seeds for a in at for c in (own, floor))))
    if not at or not seeds:
        if own:
            notes.append("no seed has every level that was run, together with source-only")
        return Curve(pair, axis, method, notes=tuple(notes)), []
    if set(seeds) != every:
        left = ", ".join(map(str, sorted(every - set(seeds))))
        notes.append(f"not all levels have seeds {left}, which are left out")
    with_second = method not in (BASELINE, SECOND) and all(
        a in second and set(seeds) <= set(second[a].outcome.seeds) for a in at
    )
    texts = AXES[axis].levels
    levels = sorted({level for level, _ in at})
    missing = [text for level, text in enumerate(texts) if level not in levels]
    if missing:
        notes.append(f"not measured at {', '.join(missing)}")
    points, draws = [], []
    for level in levels:
        here = [a for a in at if a[0] == level]
        parts = LevelDraws(
            at=here,
            delta=[_draw(key, own[a], floor[a], seeds) for a in here],
            source_only=[_draw(key, floor[a], None, seeds) for a in here],
            adabn=[_draw(key, second[a], floor[a], seeds) for a in here if with_second],
        )
        beyond = [_draw(key, own[a], second[a], seeds) for a in here if with_second]
        adapts = method != BASELINE
        failed = sum(own[a].failed.get(seed, False) for a in here for seed in seeds)
        points.append(
            Point(
                level=level,
                text=texts[level] if level < len(texts) else str(level),
                draws=len(here),
                covariates=_mean([floor[a].covariates for a in here]),
                accuracy=draws_interval([_draw(key, own[a], None, seeds) for a in here]),
                source_only=draws_interval(parts.source_only) if adapts else None,
                delta=draws_interval(parts.delta) if adapts else None,
                delta90=draws_interval(parts.delta, level=0.9) if adapts else None,
                beyond_adabn=draws_interval(beyond) if with_second else None,
                failed=failed,
            )
        )
        draws.append(parts)
    guesses = [f"{point.failed} at {point.text}" for point in points if point.failed]
    if guesses:
        listed = ", ".join(guesses)
        notes.append(f"runs without a result count as a guess: {listed}")
    curve = Curve(
        pair=pair,
        axis=axis,
        method=method,
        seeds=tuple(seeds),
        points=tuple(points),
        num_classes=own[at[0]].outcome.num_classes,
        notes=tuple(notes),
    )
    return curve, draws


def _draw(key: Key, cell: _Cell, reference: _Cell | None, seeds: Sequence[int]) -> Draw:
    """Return correctness, or its difference from a reference, over some seeds."""
    result = cell.outcome
    values = result.correct[result.rows(seeds)]
    if reference is not None:
        if reference.outcome.test_sha256 != result.test_sha256:
            raise ValueError(
                f"{key[2]} on {key[0]}:{key[1]} was not tested on the samples of source-only; got "
                f"test sets {result.test_sha256[:12]} and {reference.outcome.test_sha256[:12]}, so "
                "compare runs of one split"
            )
        values = values - reference.outcome.correct[reference.outcome.rows(seeds)]
    return Draw(key[0], cell.target, tuple(seeds), cell.items, result.weights, values)


def _mean(measured: Sequence[Mapping[str, float]]) -> dict[str, float]:
    """Return the mean over draws of what every draw has measured."""
    names = set(measured[0]).intersection(*measured)
    return {name: float(np.mean([m[name] for m in measured])) for name in sorted(names)}
