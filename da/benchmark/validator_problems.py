"""Pools of candidates that a validator selects from, out of the records of a benchmark."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal, get_args

import numpy as np
from jaxtyping import Bool, Float

from da.benchmark.cells import CONTROL
from da.benchmark.selection import (
    BASELINE,
    FAMILIES,
    Record,
    by_run,
    cheap,
    completed,
    passes,
    value,
)

Problem = Literal["step", "weight", "method"]
PROBLEMS: tuple[Problem, ...] = get_args(Problem)

#: What each problem selects, and what is taken without a validator.
MEANING: dict[Problem, tuple[str, str]] = {
    "step": ("the step of a run", "the last step"),
    "weight": ("the weight of a method", "the default weight"),
    "method": ("the method", "source-only"),
}

#: Scores made of several numbers of the records, which are not recorded themselves.
PRIOR, CHEAP, FULL = "prior_matching", "cheap", "full"


@dataclass(frozen=True)
class Pool:
    """Candidates for one task and seed, the default last.

    Attributes:
        problem: What is selected.
        dataset: Name of the data set.
        task: Suite and name of the task.
        target: Name of the target domain.
        accuracies: Target test accuracies of the candidates.
        scores: Their scores by validator; NaN for no value.
        passed: Whether each passes the guard.
        source_only: Accuracy of the last step of source-only.
    """

    problem: Problem
    dataset: str
    task: tuple[str, str]
    target: str
    accuracies: Float[np.ndarray, " c"]
    scores: dict[str, Float[np.ndarray, " c"]]
    passed: Bool[np.ndarray, " c"]
    source_only: float

    @property
    def validators(self) -> list[str]:
        """Validators that give a score to any candidate, and the combination of a recorded four."""
        known = [name for name, scores in self.scores.items() if np.isfinite(scores).any()]
        return [*known, FULL] if set(FAMILIES) <= set(self.scores) else known

    def score(self, validator: str, *, guarded: bool) -> Float[np.ndarray, " c"]:
        """Return the scores by a validator; NaN where there are none.

        Args:
            validator: Name of it.
            guarded: Whether :data:`FULL` ranks those alone that pass the guard.
        """
        if validator != FULL or validator not in self.validators:
            return self.scores.get(validator, np.full(len(self.accuracies), np.nan))
        from da.validators import mean_ranks  # imports torch

        table = np.stack([self.scores[name] for name in FAMILIES], axis=1)
        return mean_ranks(table, self.passed if guarded else np.ones_like(self.passed))


@dataclass
class _Candidates:
    """The runs of one task and seed by method, and the last step of source-only."""

    twin: Record
    runs: dict[str, list[Record]] = field(default_factory=dict)


def pools(records: Iterable[Record]) -> list[Pool]:
    """Return the pools of all three problems.

    Of a run, the checkpoints are one pool; of a method, the last steps of its variants, which are
    named ``dann@0.3``; of a task, the last steps of all methods with their default weight,
    source-only among them. A run that diverged or failed is a candidate without a score and as good
    as a guess. Methods that train on target labels, tasks and seeds without source-only, pools of
    one candidate, and the control of two halves of one domain have no part.

    Args:
        records: Records of all checkpoints, of one suite or several.

    Raises:
        ValueError: If one method has two runs of a task and seed.
    """
    groups: dict[tuple[str, str, int], _Candidates] = {}
    runs = sorted(by_run(r for r in records if r["status"] != "not_applicable").items())
    for (suite, task, method, seed), run in runs:
        if method == BASELINE and completed(run[-1]) and run[-1]["task"]["scenario"] != CONTROL:
            groups[suite, task, seed] = _Candidates(run[-1])
    for (suite, task, method, seed), run in runs:
        labeled = run[0]["method"].get("labeled_domain", "source")
        if (suite, task, seed) in groups and labeled != "target":
            groups[suite, task, seed].runs[method] = run
    return [pool for _, group in sorted(groups.items()) for pool in _of_one_seed(group)]


def _of_one_seed(group: _Candidates) -> list[Pool]:
    last = {method: run[-1] for method, run in sorted(group.runs.items())}
    variants: dict[str, list[Record]] = {}
    for method in sorted(last, key=lambda name: ("@" not in name, name)):
        variants.setdefault(method.partition("@")[0], []).append(last[method])
    plain = [last[method] for method in last if "@" not in method]
    plain.sort(key=lambda record: record["method"]["name"] == BASELINE)
    steps = [[r for r in run if completed(r)] for run in group.runs.values()]
    found: list[tuple[Problem, list[Record]]] = [
        *(("step", run) for run in steps),
        *(("weight", candidates) for candidates in variants.values()),
        ("method", plain),
    ]
    return [_pool(name, pool, group.twin) for name, pool in found if len(pool) > 1]


def _pool(problem: Problem, candidates: list[Record], twin: Record) -> Pool:
    known = [completed(record) for record in candidates]
    names = dict.fromkeys(name for record in candidates for name in record["validators"])
    scores = {
        name: np.array([value(record, name) for record in candidates], dtype=np.float64)
        for name in names
    }
    for name, score in ((PRIOR, _prior_matching), (CHEAP, cheap)):
        scores[name] = np.array(
            [
                score(record, twin) if ok else np.nan
                for record, ok in zip(candidates, known, strict=True)
            ]
        )
    passed = np.array(
        [ok and passes(record, twin) for record, ok in zip(candidates, known, strict=True)]
    )
    guess = 1 / twin["split"]["K"]
    return Pool(
        problem=problem,
        dataset=twin["task"]["dataset"],
        task=(twin["suite"], twin["task"]["name"]),
        target=twin["task"]["target"],
        accuracies=np.array(
            [r["metrics"]["t_test"]["acc"] if completed(r) else guess for r in candidates]
        ),
        scores=scores,
        passed=passed,
        source_only=twin["metrics"]["t_test"]["acc"],
    )


def _prior_matching(record: Record, twin: Record) -> float:
    from da.validators import normalized_information  # imports torch

    return normalized_information(
        np.array(record["metrics"]["t_val"]["mean_probabilities"]),
        record["metrics"]["t_val"]["entropy"],
        prior=np.array(twin["label_shift"]["target_prior"]),
    )
