"""How well each validator selects steps, weights and methods: a benchmark of validators."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from da.benchmark.selection import Record
from da.benchmark.validator_outcomes import DEFAULT, Key, PoolOutcomes, pool_outcomes
from da.benchmark.validator_problems import PROBLEMS, Pool, Problem, pools
from da.benchmark.validator_rows import QualityRow, by_task, quality_rows, tasks_of

RESAMPLES = 10_000


class HeldOut(NamedTuple):
    """What it costs to choose the validator itself, by results other than those it is used on.

    Attributes:
        problem: What is selected.
        left_out: "data set", or "target domain" where there is one data set only.
        groups: Number of these.
        regret: Mean regret on each, of the guarded validator that is best on all others.
        in_sample: Mean regret of the guarded validator that is best on all.
        choices: The validator chosen for each.
    """

    problem: Problem
    left_out: str
    groups: int
    regret: float
    in_sample: float
    choices: tuple[str, ...]


@dataclass(frozen=True)
class ValidatorQuality:
    """All rows, by problem and then by regret.

    Attributes:
        rows: Each validator with and without the guard, and the references without.
        held_out: One per problem with at least two data sets or target domains.
        materiality: Harm that matters, as an accuracy difference.
        datasets: Names of the data sets.
        targets: Number of target domains, which intervals are made of.
    """

    rows: tuple[QualityRow, ...]
    held_out: tuple[HeldOut, ...]
    materiality: float
    datasets: tuple[str, ...]
    targets: int

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Problems that there are pools for."""
        return tuple(p for p in PROBLEMS if any(row.problem == p for row in self.rows))

    def of(self, problem: Problem, *, guarded: bool = True) -> list[QualityRow]:
        """Return the validators on a problem, best first, and the references among them."""
        return [
            row
            for row in self.rows
            if row.problem == problem and (row.reference or row.guarded == guarded)
        ]

    def row(self, problem: Problem, validator: str, *, guarded: bool = False) -> QualityRow | None:
        """Return one row, or None if there is none."""
        key = (problem, validator, guarded)
        return next((r for r in self.rows if (r.problem, r.validator, r.guarded) == key), None)


def validator_quality(
    records: Iterable[Record], *, materiality: float = 0.01, resamples: int = RESAMPLES
) -> ValidatorQuality:
    """Compare validators by what their selections cost.

    Musgrave, Belongie & Lim, *Three New Validators and a Large-Scale Benchmark Ranking for
    Unsupervised Domain Adaptation*, 2022 (https://arxiv.org/abs/2208.07360), for the correlations;
    Hu et al., *Towards Reliable Model Selection for Unsupervised Domain Adaptation: An Empirical
    Study and A Certified Baseline*, NeurIPS 2024 (https://openreview.net/forum?id=rI7kbFTSpr), for
    the worst case. Steps, weights and methods are three problems, never one.

    Args:
        records: Records of all checkpoints, of one suite or several. Validators that they do not
            hold have no row.
        materiality: Accuracy difference that matters, declared before running.
        resamples: Resamples of the targets, for the intervals.

    Raises:
        ValueError: If one method has two runs of a task and seed.
    """
    found = pools(records)
    rows: list[QualityRow] = []
    held_out: list[HeldOut] = []
    for problem in PROBLEMS:
        of_problem = [pool for pool in found if pool.problem == problem]
        if of_problem:
            outcomes = pool_outcomes(of_problem, materiality)
            rows += quality_rows(problem, of_problem, outcomes, resamples)
            held_out += leave_one_out(problem, of_problem, outcomes)
    return ValidatorQuality(
        rows=tuple(rows),
        held_out=tuple(held_out),
        materiality=materiality,
        datasets=tuple(sorted({pool.dataset for pool in found})),
        targets=len({(pool.dataset, pool.target) for pool in found}),
    )


def leave_one_out(
    problem: Problem, pools: Sequence[Pool], outcomes: Mapping[Key, PoolOutcomes]
) -> list[HeldOut]:
    """Choose the validator by all groups but one, and use it on that one, for each group.

    Args:
        problem: What is selected.
        pools: The pools of the problem.
        outcomes: What each selects from them; guarded validators and the default can be chosen.

    Returns:
        What that costs; empty for one data set with one target domain.
    """
    several = len({pool.dataset for pool in pools}) > 1
    tasks, targets = tasks_of(pools)
    groups = np.array(
        [dataset if several else f"{dataset} {target}" for dataset, target in targets]
    )
    names = [key for key in outcomes if key[1] or key[0] == DEFAULT]
    regrets = np.stack([by_task(outcomes[key].regret, tasks) for key in names])
    if len(set(groups)) < 2:
        return []
    losses, choices = [], []
    for group in np.unique(groups):
        chosen = int(regrets[:, groups != group].mean(1).argmin())
        losses.append(regrets[chosen, groups == group])
        choices.append(names[chosen][0])
    return [
        HeldOut(
            problem=problem,
            left_out="data set" if several else "target domain",
            groups=len(choices),
            regret=float(np.concatenate(losses).mean()),
            in_sample=float(regrets.mean(1).min()),
            choices=tuple(choices),
        )
    ]
