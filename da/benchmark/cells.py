"""What a table holds: cells, summaries of methods, and both in order."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from da.benchmark.pairs import Pair
from da.benchmark.references import has_target_labels, position
from da.benchmark.selection import BASELINE, Row
from da.transfer import Interval, Resolution, Verdict, resolution

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
        recalls: Mean recall over the classes present, of each seed.
        macro: The mean of these.
        delta: Difference from source-only and its 95 % interval.
        delta90: The same with its 90 % interval.
        holm_p: p-value of ``delta``, adjusted over all adaptation cells of the table.
        verdict: What the table may say; None for source-only, target-only and without a number.
        references: Differences from the other references, by their names: AdaBN and target-only
            with few or all labels where they ran, and chance.
        pair: Method and source-only sample by sample, from which classes, flips and ratios follow.
        class_names: Names of the classes by their index; empty where the test set has none.
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
    recalls: tuple[float, ...] = ()
    macro: float | None = None
    delta: Interval | None = None
    delta90: Interval | None = None
    holm_p: float | None = None
    verdict: Verdict | None = None
    references: Mapping[str, Interval] = field(default_factory=dict)
    pair: Pair | None = field(default=None, compare=False, repr=False)
    class_names: tuple[str, ...] = ()
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
        """Whether the method is neither the floor nor trained on target labels."""
        return self.method != BASELINE and not has_target_labels(self.method)

    @cached_property
    def resolution(self) -> Resolution | None:
        """Half-width of the difference, and what difference would be found 4 times in 5."""
        return None if self.delta is None else resolution(self.delta)

    @property
    def nfr(self) -> float | None:
        """Share of samples that only source-only gets right (negative flips)."""
        return None if self.pair is None else self.pair.harm.nfr.estimate

    @property
    def pfr(self) -> float | None:
        """Share of samples that only the method gets right (positive flips)."""
        return None if self.pair is None else self.pair.harm.pfr.estimate

    @property
    def disagreement(self) -> float | None:
        """Share of samples with different predictions; bounds ``|delta|``."""
        return None if self.pair is None else self.pair.disagreement

    @property
    def mcnemar_p(self) -> tuple[float | None, ...]:
        """Exact McNemar p-value of each seed; None where samples have weights."""
        return () if self.pair is None else self.pair.mcnemar_p

    @property
    def class_deltas(self) -> tuple[float | None, ...]:
        """Difference in recall for each class; None where the target has no sample."""
        deltas = [] if self.pair is None else self.pair.classwise.delta.tolist()
        return tuple(None if np.isnan(delta) else delta for delta in deltas)

    @property
    def macro_delta(self) -> float | None:
        """Mean of ``class_deltas``."""
        return None if self.pair is None else self.pair.classwise.macro

    @property
    def hidden_harm(self) -> float | None:
        """Recall lost in the classes that lose, weighted by class share."""
        return None if self.pair is None else self.pair.classwise.hidden_harm

    @property
    def hidden(self) -> bool:
        """Whether there is significant hidden harm although ``delta`` is not negative."""
        return self.pair is not None and self.pair.classwise.hidden

    @property
    def gap_closed(self) -> float | None:
        """Share of the way from source-only to target-only; None if they are close."""
        return None if self.pair is None else self.pair.gap_closed

    def class_name(self, number: int) -> str:
        """Return the name of a class, or its index where it has none."""
        return self.class_names[number] if self.class_names else str(number)

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
    """

    method: str
    tasks: int
    accuracy: float | None
    delta: float | None


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
        return tuple(sorted({cell.method for cell in self.cells}, key=position))

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
    return Summary(
        method=method,
        tasks=len(cells),
        accuracy=_mean([cell.accuracy.estimate for cell in cells if cell.accuracy is not None]),
        delta=_mean(deltas),
    )


def _mean(values: Sequence[float]) -> float | None:
    return float(np.mean(values)) if values else None
