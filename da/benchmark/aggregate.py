"""What the report says of a suite as a whole: one standing per method."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from da.benchmark.references import has_target_labels
from da.benchmark.selection import BASELINE, Row
from da.transfer import Friedman, PercentileInterval, Posterior, Rate, Resolution, SuiteMean


@dataclass(frozen=True)
class Across:
    """Whether a difference from source-only holds from one task to the next.

    Several splits of one pair of domains are one task here: they are not independent.

    Attributes:
        pairs: Number of pairs of source and target.
        p: Exact Wilcoxon p-value; None below six pairs, which cannot reach .05.
        holm_p: The same, adjusted over the adapting methods of the table.
        targets: Number of target domains.
        target_p: The p-value over the means of the target domains; None if there is one.
        posterior: Bayesian signed-rank test, with the materiality as what is equivalent; None
            below six pairs likewise.
    """

    pairs: int
    p: float | None
    holm_p: float | None
    targets: int
    target_p: float | None
    posterior: Posterior | None


@dataclass(frozen=True)
class Apart:
    """A method under one scenario, which the means over the plain tasks leave out.

    Attributes:
        tasks: Number of tasks with a number.
        delta: Mean difference from source-only; None without one.
        macro: Mean difference of macro recall; None without one.
        rate: Share of its cells with a negative verdict; None without a verdict.
        runs: Difference from source-only of each run.
    """

    tasks: int
    delta: SuiteMean | None
    macro: float | None
    rate: Rate | None
    runs: tuple[float, ...]


@dataclass(frozen=True)
class Standing:
    """One method over the tasks of a suite; differences are from source-only of the same seed.

    Attributes:
        method: Name of the method.
        tasks: Number of tasks with a number.
        complete: Whether it has one on every task: only then is it compared with others.
        deltas: Difference on each task by name, mean over seeds.
        failed: Number of runs that diverged or failed, and count as a guess.
        accuracy: Mean of the task means; None without a number.
        delta: Mean difference and its two intervals; None without one, and for source-only.
        resolution: What the mean difference could resolve, conditional on the seed if there is
            one.
        across: Tests across tasks; None for source-only, target-only and without a difference.
        rate: Share of its cells with a negative verdict; None without a verdict.
        rank: Average rank among the methods with a number on every task; None for others.
        score: Interquartile mean of the scores of runs, 0 at chance and 1 at target-only; None
            where there is no target-only. A point where each task has one run.
        improvement: Probability that a run beats one of source-only; likewise.
        runs: Difference of each run.
        scores: Score of each run.
        apart: What it does under each scenario that is kept apart.
        among_best: Whether it is not separated from the highest mean difference on these tasks.
    """

    method: str
    tasks: int
    complete: bool
    deltas: Mapping[str, float] = field(default_factory=dict)
    failed: int = 0
    accuracy: float | None = None
    delta: SuiteMean | None = None
    resolution: Resolution | None = None
    across: Across | None = None
    rate: Rate | None = None
    rank: float | None = None
    score: PercentileInterval | None = None
    improvement: PercentileInterval | None = None
    runs: tuple[float, ...] = ()
    scores: tuple[float, ...] = ()
    apart: Mapping[str, Apart] = field(default_factory=dict)
    among_best: bool = False

    @property
    def adapts(self) -> bool:
        """Whether the method is neither the floor nor trained on target labels."""
        return self.method != BASELINE and not has_target_labels(self.method)

    @property
    def gain(self) -> float | None:
        """Mean difference from source-only: zero for source-only itself, None without one."""
        if self.method == BASELINE:
            return None if self.accuracy is None else 0.0
        return None if self.delta is None else self.delta.fixed.estimate


@dataclass(frozen=True)
class Ranking:
    """The methods with a number on every task that need no target label, by rank.

    Attributes:
        ranks: Average rank of each method, the best first.
        pairs: Number of pairs of source and target that are ranked within.
        friedman: Test that all methods rank alike; None below two pairs or three methods.
        critical_difference: Nemenyi's, of average ranks.
        separated: Pairs of methods that differ by the signed-rank test, corrected by Holm.
        lowest_p: What that test could reach at best for any pair of methods, corrected.
    """

    ranks: Mapping[str, float]
    pairs: int
    friedman: Friedman | None
    critical_difference: float
    separated: tuple[tuple[str, str], ...]
    lowest_p: float


@dataclass(frozen=True)
class Aggregate:
    """A suite as a whole.

    The means are over the plain tasks, without the control; scenarios are kept apart, for they ask
    another question and their number is a matter of taste. A suite without plain tasks, such as
    several splits of one pair, is averaged over all it has.

    Attributes:
        suite: Name of the suite.
        select: Selection row.
        materiality: Accuracy difference that matters, declared before running.
        seeds: Fewest and most seeds of a cell.
        tasks: Tasks that the means are over.
        pairs: Number of pairs of source and target among them.
        targets: Number of target domains among them.
        scored: Number of tasks with a ceiling that scores can be normalised by.
        scenarios: Tasks of each scenario that is kept apart.
        graded: Number of tasks left out, since they are levels of an axis of stress.
        standings: One per method, by mean difference; those without all tasks come last.
        ranking: Ranks of the methods; None with fewer than two methods.
    """

    suite: str
    select: Row
    materiality: float
    seeds: tuple[int, int]
    tasks: tuple[str, ...]
    pairs: int
    targets: int
    scored: int
    scenarios: Mapping[str, tuple[str, ...]]
    graded: int
    standings: tuple[Standing, ...]
    ranking: Ranking | None

    @property
    def adapting(self) -> tuple[Standing, ...]:
        """Standings of the methods that adapt and have a difference."""
        return tuple(s for s in self.standings if s.adapts and s.delta is not None)

    def standing(self, method: str) -> Standing | None:
        """Return one standing, or None if there is no such method."""
        return next((s for s in self.standings if s.method == method), None)
