"""What a stress report holds: points, curves, their scores, and the harm of a method over all."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from da.benchmark.axes import AXES
from da.benchmark.selection import BASELINE, Row
from da.transfer import Interval, PercentileInterval, Verdict

#: The second baseline: source-only with the batch statistics of the target.
SECOND = "adabn"


@dataclass(frozen=True)
class Scores:
    """Scores of one curve of differences, as fractions, with crossed-bootstrap intervals.

    Attributes:
        aurc: Area under the curve.
        harm: Area below zero; noise alone makes it positive.
        relative_harm: Area below zero of the differences as shares of what source-only knows beyond
            guessing; NaN where source-only knows nothing.
        break_even: First strength at which the loss matters, in the unit of the levels; infinity
            for never.
        worst: Lowest difference at any level.
        noise: Harm that a curve of zeros with the same noise would show on average.
    """

    aurc: PercentileInterval
    harm: PercentileInterval
    relative_harm: PercentileInterval
    break_even: PercentileInterval
    worst: PercentileInterval
    noise: float


@dataclass(frozen=True)
class Point:
    """One level of a curve; draws of the level are averaged.

    Attributes:
        level: Level from 0, the clean end.
        text: What the level is called.
        draws: Number of random draws that are averaged.
        covariates: What was measured of the shift, such as ``tv``: mean over draws.
        accuracy: Accuracy of the method.
        source_only: Accuracy of source-only, on the same seeds.
        delta: Difference from source-only of the same seed; None for source-only itself.
        delta90: The same with its 90 % interval.
        beyond_adabn: Difference from source-only with AdaBN, where that was run.
        verdict: What may be said of ``delta``.
        failed: Number of runs that diverged or failed and count as guesses.
    """

    level: int
    text: str
    draws: int
    covariates: Mapping[str, float]
    accuracy: Interval
    source_only: Interval | None = None
    delta: Interval | None = None
    delta90: Interval | None = None
    beyond_adabn: Interval | None = None
    verdict: Verdict | None = None
    failed: int = 0


@dataclass(frozen=True)
class Curve:
    """One method along one axis.

    Attributes:
        pair: The transfer task without its stress.
        axis: Name of the axis.
        method: Name of the method.
        seeds: Seeds that have every level of the curve, for the method and for source-only.
        points: The measured levels, from the clean end on; none if the method does not apply.
        num_classes: Number of classes; 0 without points.
        scores: Scores of the differences over levels spread evenly on [0, 1]; None for source-only
            and with fewer than two levels.
        by_tv: The same over the measured total variation of the class priors.
        beyond_adabn: The same of the differences from source-only with AdaBN.
        notes: What is missing and why.
    """

    pair: str
    axis: str
    method: str
    seeds: tuple[int, ...] = ()
    points: tuple[Point, ...] = ()
    num_classes: int = 0
    scores: Scores | None = None
    by_tv: Scores | None = None
    beyond_adabn: Scores | None = None
    notes: tuple[str, ...] = ()

    @property
    def strengths(self) -> Float[np.ndarray, " levels"]:
        """Position of each point on the axis, from 0 for clean to 1."""
        last = len(AXES[self.axis].levels) - 1
        return np.array([point.level / last for point in self.points])

    @property
    def complete(self) -> bool:
        """Whether the points reach from the clean end of the axis to the other."""
        ends = {point.level for point in self.points[:1] + self.points[-1:]}
        return ends == {0, len(AXES[self.axis].levels) - 1}

    @property
    def worst(self) -> Point | None:
        """The point with the lowest difference."""
        known = [point for point in self.points if point.delta is not None]
        return min(known, key=lambda p: p.delta.estimate if p.delta else 0.0, default=None)

    @property
    def hurts(self) -> bool:
        """Whether a level has a negative verdict."""
        return any(p.verdict is not None and p.verdict.negative for p in self.points)

    @property
    def tolerates(self) -> bool:
        """Whether every level of the whole axis has a verdict that excludes harm."""
        fine = (Verdict.POS, Verdict.SAFE)
        return self.complete and all(point.verdict in fine for point in self.points)


@dataclass(frozen=True)
class Overall:
    """One method over its axes, each first averaged over pairs of domains.

    Attributes:
        method: Name of the method.
        axes: Axes that were measured from end to end; others are left out.
        harm: Mean harm over the axes.
        worst: Harm on the worst axis.
        worst_axis: That axis.
    """

    method: str
    axes: tuple[str, ...]
    harm: PercentileInterval
    worst: PercentileInterval
    worst_axis: str


@dataclass(frozen=True)
class Stress:
    """All curves of one suite.

    Attributes:
        suite: Name of the suite.
        curves: One curve for each pair of domains, axis and method, source-only included.
        overall: Harm of each method over all its axes, least harm first.
        select: Selection row: which checkpoint of a run counts.
        materiality: Loss of accuracy that matters, declared before running.
    """

    suite: str
    curves: tuple[Curve, ...]
    overall: tuple[Overall, ...]
    select: Row
    materiality: float

    @property
    def pairs(self) -> tuple[str, ...]:
        """Transfer tasks without their stress."""
        return tuple(sorted({curve.pair for curve in self.curves}))

    @property
    def axes(self) -> tuple[str, ...]:
        """Axes in the order of the tables; those not known there come last."""
        order = [*AXES, *sorted({curve.axis for curve in self.curves} - {*AXES})]
        present = {curve.axis for curve in self.curves}
        return tuple(axis for axis in order if axis in present)

    @property
    def methods(self) -> tuple[str, ...]:
        """Methods that adapt."""
        return tuple(sorted({curve.method for curve in self.curves} - {BASELINE}))

    def curve(self, pair: str, axis: str, method: str) -> Curve | None:
        """Return one curve, or None if there is no such run."""
        wanted = (pair, axis, method)
        return next((c for c in self.curves if (c.pair, c.axis, c.method) == wanted), None)
