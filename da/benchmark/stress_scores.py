"""Scores of stress curves: all methods, axes and levels are resampled together."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from jaxtyping import Float, Int

from da.benchmark.selection import BASELINE
from da.benchmark.stress_cells import SECOND, Curve, Overall, Scores
from da.benchmark.stress_curves import Key, LevelDraws
from da.transfer import (
    PercentileInterval,
    aurc,
    break_even,
    harm,
    overall_harm,
    percentile_interval,
    relative_curve,
    worst,
)
from da.transfer.stress_draws import Draw, resampled_draws

# Of each level of one curve, in the data and in each resample.
_Levels = Float[np.ndarray, "b levels"]


def score(
    curves: Sequence[Curve],
    draws: Mapping[Key, Sequence[LevelDraws]],
    labels: Mapping[str, Int[np.ndarray, " items"]],
    *,
    materiality: float,
    resamples: int,
) -> tuple[tuple[Curve, ...], tuple[Overall, ...]]:
    """Give curves their scores, and methods their harm over all axes.

    Seeds and test items are drawn once for all methods, axes and levels of a task, so that
    differences between levels are no noisier than they are.

    Args:
        curves: Curves without scores.
        draws: What each was measured on, level by level.
        labels: True class of every item of each target.
        materiality: Loss of accuracy that matters.
        resamples: Number of resamples.
    """
    chosen = [c for c in curves if c.method != BASELINE and len(c.points) > 1]
    if not chosen:
        return tuple(curves), ()
    column: dict[tuple[object, ...], int] = {}
    used: list[Draw] = []

    def columns(parts: Sequence[Draw], *name: object, at: Sequence[tuple[int, int]]) -> list[int]:
        found = []
        for where, draw in zip(at, parts, strict=True):
            found.append(column.setdefault((*name, draw.seeds, where), len(used)))
            if found[-1] == len(used):
                used.append(draw)
        return found

    places = []
    for c in chosen:
        levels = draws[c.pair, c.axis, c.method]
        own = [columns(x.delta, c.pair, c.axis, c.method, at=x.at) for x in levels]
        floor = [columns(x.source_only, c.pair, c.axis, BASELINE, at=x.at) for x in levels]
        second = [columns(x.adabn, c.pair, c.axis, SECOND, at=x.at) for x in levels if x.adabn]
        places.append((own, floor, second))
    means = resampled_draws(used, labels, resamples=resamples)

    def over_draws(levels: list[list[int]]) -> _Levels:
        return np.stack([means[:, level].mean(1) for level in levels], axis=1)

    scored, harms = {}, {}
    for c, (own, floor, second) in zip(chosen, places, strict=True):
        delta, source_only = over_draws(own), over_draws(floor)
        known = {"chance": 1 / c.num_classes, "materiality": materiality}
        strengths, tv = c.strengths, _tv(c)
        by_tv = None
        if tv is not None:
            order = np.argsort(tv)
            by_tv = _scores(tv[order], delta[:, order], source_only[:, order], **known)
        scored[c.pair, c.axis, c.method] = replace(
            c,
            scores=_scores(strengths, delta, source_only, **known),
            by_tv=by_tv,
            beyond_adabn=_scores(strengths, delta - over_draws(second), source_only, **known)
            if second
            else None,
        )
        if c.complete:
            harms[c.pair, c.axis, c.method] = harm(strengths, delta)
    done = tuple(scored.get((c.pair, c.axis, c.method), c) for c in curves)
    return done, _overall(harms)


def _tv(curve: Curve) -> Float[np.ndarray, " levels"] | None:
    """Return the total variation at each level, if it was measured and no two are the same."""
    measured = [point.covariates.get("tv") for point in curve.points]
    known = np.array([tv for tv in measured if tv is not None])
    if curve.axis != "label_shift" or len(known) < len(measured):
        return None
    return known if len(np.unique(known)) == len(known) else None


def _scores(
    levels: Float[np.ndarray, " levels"],
    delta: _Levels,
    source_only: _Levels,
    *,
    chance: float,
    materiality: float,
) -> Scores:
    """Score a curve from its data in row 0 and its resamples below."""
    relative = relative_curve(delta, source_only, chance=chance)

    def interval(values: Float[np.ndarray, " b"]) -> PercentileInterval:
        return percentile_interval(float(values[0]), values[1:])

    return Scores(
        aurc=interval(aurc(levels, delta)),
        harm=interval(harm(levels, delta)),
        relative_harm=interval(harm(levels, relative)),
        break_even=interval(break_even(levels, delta, materiality=materiality)),
        worst=interval(worst(delta)),
        noise=float(harm(levels, delta[1:] - delta[0]).mean()),
    )


def _overall(harms: Mapping[Key, Float[np.ndarray, " b"]]) -> tuple[Overall, ...]:
    """Average harm over pairs, then over axes, resample by resample."""
    result = []
    for method in sorted({method for _, _, method in harms}):
        by_axis: dict[str, list[Float[np.ndarray, " b"]]] = {}
        for (_, axis, name), values in sorted(harms.items()):
            if name == method:
                by_axis.setdefault(axis, []).append(values)
        means = {axis: np.mean(values, axis=0) for axis, values in by_axis.items()}
        stacked = np.stack(list(means.values()))
        summary = overall_harm({axis: float(values[0]) for axis, values in means.items()})
        result.append(
            Overall(
                method=method,
                axes=tuple(means),
                harm=percentile_interval(summary.mean, stacked[:, 1:].mean(0)),
                worst=percentile_interval(summary.worst, stacked[:, 1:].max(0)),
                worst_axis=summary.axis,
            )
        )
    return tuple(sorted(result, key=lambda o: (o.harm.estimate, o.method)))
