"""One row per validator: what its selections cost over tasks, and what they are compared with."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Float, Int

from da.benchmark.validator_outcomes import ORACLE, REFERENCES, Key, PoolOutcomes
from da.benchmark.validator_problems import Pool, Problem
from da.transfer import PercentileInterval, holm, percentile_interval, wilcoxon


@dataclass(frozen=True)
class QualityRow:
    """One validator on one problem, with or without the guard; losses are accuracy differences.

    Means are over tasks, of the mean over the pools of a task; other statistics are over pools.

    Attributes:
        problem: What is selected.
        validator: Name of the validator, or one of :data:`REFERENCES`.
        guarded: Whether it selects only among candidates that pass the guard.
        pools: Number of selections.
        tasks: Number of transfer tasks.
        regret: Mean of what the best candidate of a pool has more than the selected one, and its
            95 % interval: targets are drawn anew, with all their tasks.
        regret90: 90th percentile of the regret.
        worst: Largest regret.
        normalized: Mean regret over that of a random choice: 0 is the oracle, 1 a draw.
        harmful: Probability to select what is more than the materiality below source-only.
        worst_tenth: Probability to select one of the worst tenth of a pool.
        spearman: Mean rank correlation of score and accuracy; None without one.
        weighted_spearman: The same with most weight at the top of either ranking.
        blind: Share of pools without a single score, in which the default is taken.
        p: p-value of the signed-rank test over tasks against the best row, adjusted by Holm over
            the rows with, or without, the guard and the references; None for the best row, the
            oracle, and for a single task.
        best: Whether its mean regret is the lowest of these, the oracle aside.
    """

    problem: Problem
    validator: str
    guarded: bool
    pools: int
    tasks: int
    regret: PercentileInterval
    regret90: float
    worst: float
    normalized: float | None
    harmful: float
    worst_tenth: float
    spearman: float | None
    weighted_spearman: float | None
    blind: float
    p: float | None = None
    best: bool = False

    @property
    def reference(self) -> bool:
        """Whether it is no validator, but what validators are compared with."""
        return self.validator in REFERENCES

    @property
    def among_best(self) -> bool:
        """Whether the test does not separate it from the best row."""
        return self.best or (self.p is not None and self.p > 0.05)


def quality_rows(
    problem: Problem, pools: Sequence[Pool], outcomes: Mapping[Key, PoolOutcomes], resamples: int
) -> list[QualityRow]:
    """Return a row for each validator, with and without the guard, and each reference; best first.

    Args:
        problem: What is selected.
        pools: The pools of the problem.
        outcomes: What each selects from them.
        resamples: Resamples of the targets, for the intervals.
    """
    tasks, targets = tasks_of(pools)
    regrets = {key: by_task(found.regret, tasks) for key, found in outcomes.items()}
    order = sorted(outcomes, key=lambda key: (regrets[key].mean(), key))
    rows = []
    for key in order:
        found = outcomes[key]
        stake = by_task(found.stake, tasks).mean()
        rows.append(
            QualityRow(
                problem=problem,
                validator=key[0],
                guarded=key[1],
                pools=len(pools),
                tasks=len(targets),
                regret=_interval(regrets[key], targets, resamples),
                regret90=float(np.quantile(found.regret, 0.9)),
                worst=float(found.regret.max()),
                normalized=float(regrets[key].mean() / stake) if stake > 0 else None,
                harmful=float(by_task(found.harmful, tasks).mean()),
                worst_tenth=float(by_task(found.worst_tenth, tasks).mean()),
                spearman=_mean(by_task(found.spearman, tasks)),
                weighted_spearman=_mean(by_task(found.weighted_spearman, tasks)),
                blind=float(found.blind.mean()),
            )
        )
    unguarded = _compare(rows, [regrets[key] for key in order], guarded=False)
    # References are in both families; what they are told is how they compare with guarded rows
    compared = _compare(rows, [regrets[key] for key in order], guarded=True)
    return [
        own if row.guarded or row.reference else other
        for row, own, other in zip(rows, compared, unguarded, strict=True)
    ]


def _compare(
    rows: list[QualityRow], regrets: Sequence[Float[np.ndarray, " tasks"]], *, guarded: bool
) -> list[QualityRow]:
    """Test the rows of a kind, and all references but the oracle, against the best of them."""
    family = [
        i
        for i, row in enumerate(rows)
        if row.validator != ORACLE and (row.reference or row.guarded == guarded)
    ]
    best, rivals = family[0], family[1:]
    compared = list(rows)
    compared[best] = replace(rows[best], best=True)
    if rivals and len(regrets[best]) > 1:
        tests = np.array([wilcoxon(regrets[i] - regrets[best]).p for i in rivals])
        for i, p in zip(rivals, holm(tests).tolist(), strict=True):
            compared[i] = replace(rows[i], p=p)
    return compared


def tasks_of(pools: Sequence[Pool]) -> tuple[Int[np.ndarray, " pools"], list[tuple[str, str]]]:
    """Return the number of the task of each pool, and data set and target of each task."""
    numbers: dict[tuple[str, ...], int] = {}
    for pool in pools:
        numbers.setdefault((pool.dataset, pool.target, *pool.task), len(numbers))
    tasks = [numbers[(pool.dataset, pool.target, *pool.task)] for pool in pools]
    return np.array(tasks), [(key[0], key[1]) for key in numbers]


def by_task(
    values: Float[np.ndarray, " pools"], tasks: Int[np.ndarray, " pools"]
) -> Float[np.ndarray, " tasks"]:
    """Return the mean over the pools of each task that have a value; NaN if none has."""
    known = ~np.isnan(values)
    size = tasks.max() + 1
    counts = np.bincount(tasks[known], minlength=size)
    sums = np.bincount(tasks[known], values[known], size)
    return np.where(counts > 0, sums / np.maximum(counts, 1), np.nan)


def _mean(values: Float[np.ndarray, " tasks"]) -> float | None:
    return None if np.isnan(values).all() else float(np.nanmean(values))


def _interval(
    values: Float[np.ndarray, " tasks"], targets: Sequence[tuple[str, str]], resamples: int
) -> PercentileInterval:
    """Return the mean over tasks with the interval of a bootstrap of the targets."""
    names = sorted(set(targets))
    members = np.array([names.index(target) for target in targets])
    sums, counts = np.bincount(members, values), np.bincount(members)
    rng = np.random.default_rng(0)
    drawn = rng.multinomial(len(names), np.full(len(names), 1 / len(names)), resamples)
    return percentile_interval(float(values.mean()), (drawn @ sums) / (drawn @ counts))
