"""What a table holds: cells, summaries of methods, and both in order."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from da.benchmark.selection import BASELINE, CEILING, Row
from da.transfer import Interval, Rate, Verdict, negative_transfer_rate

#: Scenario in which source and target are halves of one domain.
CONTROL = "halves"


@dataclass(frozen=True)
class Cell:
    """One method on one task, over seeds; everything is weighted as the task weights its samples.

    A run that diverged or failed counts as a guess among ``K`` classes: each of its test samples is
    right with ``1/K``. A run that does not apply has no number. Differences are against the
    source-only run of the same seed; ``None`` stands for what cannot be computed.

    Attributes:
        suite: Name of the suite.
        method: Name of the method.
        task: Name of the task.
        scenario: Scenario of the task.
        seeds: Seeds with a number, ascending.
        n_test: Number of target test samples.
        accuracies: Target test accuracy of each seed.
        accuracy: Mean accuracy and its 95 % interval over seeds and samples.
        macro: Mean recall over the classes present.
        delta: Difference from source-only and its 95 % interval.
        delta90: The same with its 90 % interval.
        holm_p: p-value of ``delta``, adjusted over all adaptation cells of the table.
        verdict: What the table may say; None for source-only, target-only and without a number.
        nfr: Share of samples that only source-only gets right (negative flips).
        pfr: Share of samples that only the method gets right (positive flips).
        disagreement: Share of samples with different predictions; bounds ``|delta|``.
        mcnemar_p: Exact McNemar p-value of each seed; None where samples have weights.
        class_deltas: Difference in recall for each class; None where the target has no sample.
        macro_delta: Mean of ``class_deltas``.
        hidden_harm: Recall lost in the classes that lose, weighted by class share.
        hidden: Whether there is significant hidden harm although ``delta`` is not negative.
        gap_closed: Share of the way from source-only to target-only; None if they are close.
        transductive: Accuracy on the target samples that were adapted to, at the last step; None if
            another step was selected.
        floor_ok: Whether the label-shift floor on the two errors holds; False is a bug.
        status: Number of runs of each status.
        reasons: Why runs have no result, or why the selection row's rule did not apply.
        steps: Selected step of each seed.
        fallbacks: Number of seeds for which source-only stands in.
        pool: Largest number of checkpoints that one was selected from.
        among_best: Whether a paired test does not separate it from the best method of its task.
    """

    suite: str
    method: str
    task: str
    scenario: str
    seeds: tuple[int, ...] = ()
    n_test: int = 0
    accuracies: tuple[float, ...] = ()
    accuracy: Interval | None = None
    macro: float | None = None
    delta: Interval | None = None
    delta90: Interval | None = None
    holm_p: float | None = None
    verdict: Verdict | None = None
    nfr: float | None = None
    pfr: float | None = None
    disagreement: float | None = None
    mcnemar_p: tuple[float | None, ...] = ()
    class_deltas: tuple[float | None, ...] = ()
    macro_delta: float | None = None
    hidden_harm: float | None = None
    hidden: bool = False
    gap_closed: float | None = None
    transductive: float | None = None
    floor_ok: bool = True
    status: Mapping[str, int] = field(default_factory=dict)
    reasons: tuple[str, ...] = ()
    steps: tuple[int | None, ...] = ()
    fallbacks: int = 0
    pool: int = 1
    among_best: bool = False

    @property
    def p(self) -> float | None:
        """p-value of the difference from source-only."""
        return None if self.delta is None else self.delta.p

    @property
    def adapts(self) -> bool:
        """Whether the method is neither the floor nor the ceiling."""
        return self.method not in (BASELINE, CEILING)

    @property
    def control(self) -> bool:
        """Whether source and target are halves of one domain, so that nothing can be gained."""
        return self.scenario == CONTROL


@dataclass(frozen=True)
class Summary:
    """One method over the tasks of the table, without the control.

    Attributes:
        method: Name of the method.
        tasks: Number of tasks with a number.
        accuracy: Mean of the task means; None without a number.
        delta: Mean of the task differences from source-only; None without a number.
        verdicts: Number of cells of each verdict.
        negative_rate: Share of its cells with a negative verdict; None without a verdict.
    """

    method: str
    tasks: int
    accuracy: float | None
    delta: float | None
    verdicts: Mapping[Verdict, int]
    negative_rate: Rate | None


@dataclass(frozen=True)
class Analysis:
    """All cells of one table, sorted by task and method.

    Attributes:
        cells: One cell per method and task.
        select: Selection row of the table.
        materiality: Harm that matters, as an accuracy difference, declared before running.
    """

    cells: tuple[Cell, ...]
    select: Row
    materiality: float

    @property
    def tasks(self) -> tuple[str, ...]:
        """Tasks in the order of the table: plain ones first, the control last."""
        order = {c.task: (c.control, c.scenario != "plain", c.scenario, c.task) for c in self.cells}
        return tuple(sorted(order, key=lambda task: order[task]))

    @property
    def methods(self) -> tuple[str, ...]:
        """Methods in the order of the table: source-only first, target-only last."""
        names = {cell.method for cell in self.cells}
        return tuple(sorted(names, key=lambda name: (name == CEILING, name != BASELINE, name)))

    def cell(self, method: str, task: str) -> Cell | None:
        """Return one cell, or None if there is no such run."""
        return next((c for c in self.cells if (c.method, c.task) == (method, task)), None)

    def summaries(self) -> list[Summary]:
        """Return one summary per method, in the order of the table."""
        return [
            _summary(name, [c for c in self.cells if c.method == name]) for name in self.methods
        ]


def _summary(method: str, cells: Sequence[Cell]) -> Summary:
    cells = [cell for cell in cells if not cell.control and cell.accuracy is not None]
    deltas = [cell.delta.estimate for cell in cells if cell.delta is not None]
    verdicts = [cell.verdict for cell in cells if cell.verdict is not None]
    return Summary(
        method=method,
        tasks=len(cells),
        accuracy=_mean([cell.accuracy.estimate for cell in cells if cell.accuracy is not None]),
        delta=_mean(deltas),
        verdicts=Counter(verdicts),
        negative_rate=negative_transfer_rate(verdicts) if verdicts else None,
    )


def _mean(values: Sequence[float]) -> float | None:
    return float(np.mean(values)) if values else None
