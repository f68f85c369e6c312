"""Our numbers beside the published ones, under the authors' selection of checkpoints and ours."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from statistics import fmean

from da.benchmark.cells import Analysis
from da.benchmark.papers import Paper, Reference
from da.benchmark.published import Published, published
from da.benchmark.selection import BASELINE
from da.transfer import Compared, RunMean, compare, mean_from_spread, mean_of_means, mean_of_runs

#: Metric in which each class counts the same.
MEAN_CLASS = "mean class accuracy"

#: Name of the mean over the tasks.
AVERAGE = "average"


@dataclass(frozen=True)
class Reproduced:
    """One method on one published task, or on the average of all; fractions, not percent.

    Attributes:
        method: Name of the method.
        task: The task as it is published, or :data:`AVERAGE`.
        ours: Mean over draws or seeds, under the selection of the authors.
        published: The published mean; None without one.
        compared: What the difference says; None without a published number.
        rows: Our mean under each selection row.
        gain: Ours minus source-only of ours, over the seeds that both have; None for source-only.
        published_gain: The same of the published numbers.
        reference: Where the published number stands; None for the average.
    """

    method: str
    task: str
    ours: RunMean
    published: RunMean | None
    compared: Compared | None
    rows: Mapping[str, float]
    gain: float | None
    published_gain: float | None
    reference: Reference | None

    @property
    def leak(self) -> float | None:
        """What selecting by target labels adds to the last step."""
        return self.rows["oracle"] - self.rows["final"] if "oracle" in self.rows else None


@dataclass(frozen=True)
class Reproduction:
    """All numbers of a published setting that were run.

    Attributes:
        paper: The setting.
        entries: One for each method and task, the average last.
        tasks: The tasks as they are published, in the order of the setting; then the average.
        methods: Methods in the order of the setting.
    """

    paper: Paper
    entries: Sequence[Reproduced]
    tasks: Sequence[str]
    methods: Sequence[str]

    def entry(self, method: str, task: str) -> Reproduced | None:
        """Return what is known of a method on a task, or None if it did not run."""
        return next((e for e in self.entries if (e.method, e.task) == (method, task)), None)


def reproduction(paper: Paper, rows: Sequence[Analysis]) -> Reproduction:
    """Put the runs of a setting beside the published numbers.

    Args:
        paper: The setting.
        rows: The cells under every selection row.

    Raises:
        ValueError: If the setting has none of the tasks.
    """
    if not set(rows[0].tasks) & set(paper.benchmark.tasks):
        raise ValueError(
            f"the setting {paper.name} has no task {', '.join(rows[0].tasks)}; run da reproduce "
            f"{paper.name} again, for it has changed since these records"
        )
    present = set(rows[0].methods)
    named = (paper.variants.get(cell, cell) for cell in paper.benchmark.methods)
    methods = [method for method in dict.fromkeys(named) if method in present]
    tasks = {t: _published_task(paper, t) for t in paper.benchmark.tasks if t in rows[0].tasks}
    names = list(dict.fromkeys(tasks.values()))
    groups = {name: [task for task, n in tasks.items() if n == name] for name in names}
    found = {
        (method, name): entry
        for method in methods
        for name in names
        if (entry := _entry(paper, rows, method, name, groups[name])) is not None
    }
    entries = []
    for method in methods:
        own = [found[method, name] for name in names if (method, name) in found]
        if len(own) > 1 and len(own) == len(names):
            found[method, AVERAGE] = _average(own)
    for (method, name), entry in found.items():
        floor = found.get((BASELINE, name))
        entries.append(
            entry if method == BASELINE or not floor else _with_published_gain(entry, floor)
        )
    averaged = [AVERAGE] if any(name == AVERAGE for _, name in found) else []
    return Reproduction(paper, entries, [*names, *averaged], methods)


def _published_task(paper: Paper, task: str) -> str:
    references = (r for (_, t), r in paper.references.items() if t == task)
    return next((r.task for r in references), task.partition(":")[0])


def _entry(
    paper: Paper, rows: Sequence[Analysis], method: str, name: str, tasks: Sequence[str]
) -> Reproduced | None:
    reference = paper.references.get((method, tasks[0]))
    means = {row.select: _mean(row, method, tasks, paper.metric) for row in rows}
    ours = means.get(paper.selection)
    if ours is None:
        return None
    theirs = _look_up(reference) if reference else None
    mean = None
    if theirs is not None:
        spread = None if theirs.spread is None else theirs.spread / 100
        mean = mean_from_spread(theirs.value / 100, spread, theirs.runs)
    return Reproduced(
        method=method,
        task=name,
        ours=ours,
        published=mean,
        compared=compare(ours, mean) if mean else None,
        rows={row: m.estimate for row, m in means.items() if m is not None},
        gain=next(
            _gain(r, method, tasks, paper.metric) for r in rows if r.select == paper.selection
        ),
        published_gain=None,
        reference=reference,
    )


def _mean(analysis: Analysis, method: str, tasks: Sequence[str], metric: str) -> RunMean | None:
    """Return the mean over draws, or over the seeds of one; None if a draw has no number."""
    cells = [analysis.cell(method, task) for task in tasks]
    of_classes = metric == MEAN_CLASS
    runs = [
        cell.recalls if of_classes else cell.accuracies
        for cell in cells
        if cell is not None and cell.accuracies
    ]
    if len(runs) < len(tasks):
        return None
    return mean_of_runs([fmean(run) for run in runs] if len(runs) > 1 else list(runs[0]))


def _gain(analysis: Analysis, method: str, tasks: Sequence[str], metric: str) -> float | None:
    """Return the mean difference from source-only over draws, of seeds that both have."""
    gains = []
    for task in tasks:
        cell = analysis.cell(method, task)
        if method == BASELINE or cell is None or cell.delta is None or cell.macro_delta is None:
            return None
        gains.append(cell.macro_delta if metric == MEAN_CLASS else cell.delta.estimate)
    return fmean(gains)


def _look_up(reference: Reference) -> Published | None:
    """Return the published row; None if the table has no such cell.

    Raises:
        ValueError: If the table, the method or the implementation does not exist, or several rows
            answer.
    """
    ask = partial(
        published,
        benchmark=reference.benchmark,
        implementation=reference.implementation,
        method=reference.method,
        protocol=reference.protocol,
        selection=reference.selection,
        metric=reference.metric,
    )
    found = [row for row in ask() if row.task == reference.task]
    if len(found) > 1:
        raise ValueError(
            f"{len(found)} published numbers answer to {reference}; say its protocol or selection"
        )
    return found[0] if found else None


def _average(entries: Sequence[Reproduced]) -> Reproduced:
    ours = mean_of_means([e.ours for e in entries])
    published = [e.published for e in entries if e.published is not None]
    theirs = mean_of_means(published) if len(published) == len(entries) else None
    shared = set.intersection(*(set(e.rows) for e in entries))
    gains = [e.gain for e in entries if e.gain is not None]
    return Reproduced(
        method=entries[0].method,
        task=AVERAGE,
        ours=ours,
        published=theirs,
        compared=compare(ours, theirs) if theirs else None,
        rows={row: fmean(e.rows[row] for e in entries) for row in entries[0].rows if row in shared},
        gain=fmean(gains) if len(gains) == len(entries) else None,
        published_gain=None,
        reference=None,
    )


def _with_published_gain(entry: Reproduced, floor: Reproduced) -> Reproduced:
    """Return the entry with its published gain, if source-only has a published number too."""
    if not entry.published or not floor.published:
        return entry
    return replace(entry, published_gain=entry.published.estimate - floor.published.estimate)
