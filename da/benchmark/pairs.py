"""A method beside source-only on the same seeds and samples; what takes time waits to be asked."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from jaxtyping import Float

from da.benchmark.outcomes import Outcomes
from da.transfer import (
    Classwise,
    RatioIntervals,
    SampleHarm,
    VarianceComponents,
    benjamini_hochberg,
    certificate,
    classwise,
    gap_closed,
    mcnemar,
    ratio_intervals,
    sample_harm,
    shrink,
    variance_components,
)

Levels = Float[np.ndarray, "s n"]

#: Test samples without which a class is not tested.
MIN_ITEMS = 20
#: Resamples of the ratios: a bound varies by a fiftieth of the interval from one draw to the next.
RESAMPLES = 2000


@dataclass(frozen=True)
class ClassChange:
    """What happened to the recall of one class, as a fraction.

    Attributes:
        number: Index of the class.
        items: Its test samples.
        delta: Difference from source-only.
        shrunken: The same, drawn towards zero as far as it is noise; None for a single sample.
        adjusted_p: p-value of the difference, adjusted over the tested classes of its cell by
            Benjamini-Hochberg; None for a class of less than 20 samples, which is not tested.
    """

    number: int
    items: int
    delta: float
    shrunken: float | None
    adjusted_p: float | None


@dataclass(frozen=True, eq=False)
class Pair:
    """Correctness by seed and sample, and what follows from it.

    Attributes:
        own: What the method did.
        baseline: What source-only did.
        ceiling: What training on all target labels did, if it ran.
        rows: Rows of both that share a seed.
    """

    own: Outcomes
    baseline: Outcomes
    ceiling: Outcomes | None
    rows: tuple[tuple[int, int], ...]

    @property
    def adapted(self) -> Float[np.ndarray, "s n"]:
        """Correctness of the method."""
        return self.own.correct[[i for i, _ in self.rows]]

    @property
    def reference(self) -> Float[np.ndarray, "s n"]:
        """Correctness of source-only."""
        return self.baseline.correct[[j for _, j in self.rows]]

    @property
    def weights(self) -> Float[np.ndarray, " n"]:
        """How much each sample counts."""
        return self.own.weights

    @cached_property
    def disagreement(self) -> float:
        """How often the two predict different classes; a guess agrees with ``1/K``."""
        return float(np.mean([_disagreement(self.own, i, self.baseline, j) for i, j in self.rows]))

    @cached_property
    def certificate(self) -> float | None:
        """What the disagreement on further samples is at most, for any of the seeds, at 95 %.

        None where samples have weights or all runs of either failed.
        """
        predictions = [
            (self.own.predictions[i], self.baseline.predictions[j]) for i, j in self.rows
        ]
        bounds = [
            certificate(first, second).population
            for first, second in predictions
            if first is not None and second is not None
        ]
        return None if self.own.weighted else max(bounds, default=None)

    @property
    def mcnemar_p(self) -> tuple[float | None, ...]:
        """Exact p-value for the two trained models of each seed, where there are counts to test."""
        return tuple(_mcnemar(self.own, i, self.baseline, j) for i, j in self.rows)

    @cached_property
    def harm(self) -> SampleHarm:
        """Flips of correctness, and what of them retraining alone would do."""
        return sample_harm(self.adapted, self.reference, weights=self.weights)

    @cached_property
    def classwise(self) -> Classwise:
        """Differences of recall, and the test of the worst class."""
        share = np.bincount(self.own.labels, self.weights, self.own.num_classes)
        return classwise(
            self.own.labels,
            self.adapted - self.reference,
            self.own.num_classes,
            prior=share / self.weights.sum(),
            min_items=MIN_ITEMS,
        )

    @cached_property
    def classes(self) -> tuple[ClassChange, ...]:
        """Classes that the target has, by their index."""
        result, difference = self.classwise, self.adapted - self.reference
        groups = [difference[:, self.own.labels == c] for c in range(self.own.num_classes)]
        variances = [variance_components(g).total if g.shape[1] > 1 else np.nan for g in groups]
        shrunken = shrink(result.delta, np.array(variances))
        tested = np.flatnonzero(result.counts >= MIN_ITEMS)
        intervals = [result.intervals[c] for c in tested]
        adjusted = benjamini_hochberg(np.array([x.p for x in intervals if x is not None]))
        p = dict(zip(tested.tolist(), adjusted.tolist(), strict=True))
        return tuple(
            ClassChange(
                number=c,
                items=int(result.counts[c]),
                delta=float(result.delta[c]),
                shrunken=None if np.isnan(shrunken[c]) else float(shrunken[c]),
                adjusted_p=p.get(c),
            )
            for c in np.flatnonzero(result.counts).tolist()
        )

    @cached_property
    def levels(self) -> tuple[Levels, Levels, Levels | None]:
        """Correctness of method, source-only and ceiling, if it ran, for the seeds of all three."""
        if self.ceiling is None:
            return self.adapted, self.reference, None
        shared = [
            k for k, (i, _) in enumerate(self.rows) if self.own.seeds[i] in self.ceiling.seeds
        ]
        if not shared:
            return self.adapted, self.reference, None
        ceiling = self.ceiling.rows([self.own.seeds[self.rows[k][0]] for k in shared])
        return self.adapted[shared], self.reference[shared], self.ceiling.correct[ceiling]

    @property
    def gap_closed(self) -> float | None:
        """Share of the way from source-only to the ceiling; None if there is none or no way."""
        adapted, reference, ceiling = self.levels
        if ceiling is None:
            return None
        levels = ((x * self.weights).mean() for x in (adapted, reference, ceiling))
        closed = gap_closed(*map(float, levels))
        return None if np.isnan(closed) else closed

    @cached_property
    def ratios(self) -> RatioIntervals:
        """Ratios to the ceiling and to chance with their bootstrap intervals."""
        adapted, reference, ceiling = self.levels
        return ratio_intervals(
            adapted,
            reference,
            ceiling,
            num_classes=self.own.num_classes,
            weights=self.weights,
            resamples=RESAMPLES,
        )

    @cached_property
    def variance(self) -> VarianceComponents:
        """Where the variance of the difference comes from."""
        return variance_components(self.adapted - self.reference, weights=self.weights)


def common_rows(own: Outcomes, other: Outcomes, name: str) -> tuple[tuple[int, int], ...]:
    """Return the rows of both that share a seed.

    Raises:
        ValueError: If the two were tested on different samples.
    """
    if own.test_sha256 != other.test_sha256:
        raise ValueError(
            f"{name} was not tested on the samples of the run it is paired with; got test sets "
            f"{own.test_sha256[:12]} and {other.test_sha256[:12]}, so compare runs of one split"
        )
    seeds = [seed for seed in own.seeds if seed in other.seeds]
    return tuple((own.seeds.index(seed), other.seeds.index(seed)) for seed in seeds)


def _disagreement(own: Outcomes, i: int, other: Outcomes, j: int) -> float:
    first, second = own.predictions[i], other.predictions[j]
    if first is None or second is None:
        return 1 - 1 / own.num_classes
    return float(((first != second) * own.weights).mean())


def _mcnemar(own: Outcomes, i: int, other: Outcomes, j: int) -> float | None:
    if own.weighted or own.predictions[i] is None or other.predictions[j] is None:
        return None
    right, twin = own.correct[i], other.correct[j]
    return mcnemar(int((right < twin).sum()), int((right > twin).sum()))
