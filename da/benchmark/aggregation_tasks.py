"""Which tasks of a suite are averaged, and which are kept apart."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from da.benchmark.cells import Analysis
from da.benchmark.selection import Record


class Place(NamedTuple):
    """Where a task leads from and to."""

    dataset: str
    source: str
    target: str


class Groups(NamedTuple):
    """The tasks of a suite, without the control.

    Attributes:
        tasks: Those that are averaged.
        scenarios: Those of each scenario that is kept apart.
        graded: Those at the levels of an axis of stress beyond its clean end: a mean over levels
            says nothing, their curves do.
    """

    tasks: tuple[str, ...]
    scenarios: Mapping[str, tuple[str, ...]]
    graded: tuple[str, ...]


def places(records: Sequence[Record]) -> dict[str, Place]:
    """Return where each task leads from and to."""
    tasks = (record["task"] for record in records)
    return {t["name"]: Place(t["dataset"], t["source"], t["target"]) for t in tasks}


def grouped(analysis: Analysis) -> Groups:
    """Tell plain tasks from scenarios; a suite without plain tasks is averaged over all it has.

    A level of an axis of stress is a scenario ``axis@level`` or ``axis@level.draw``, and level 0 is
    a plain task.
    """
    scenario = {cell.task: cell.scenario for cell in analysis.cells if not cell.control}
    every = tuple(task for task in analysis.tasks if task in scenario)
    level = {task: scenario[task].partition("@")[2].partition(".")[0] for task in every}
    graded = tuple(task for task in every if level[task] not in ("", "0"))
    plain = tuple(task for task in every if scenario[task] == "plain" or level[task] == "0")
    if not plain:
        return Groups(every, {}, ())
    others = [task for task in every if task not in plain and task not in graded]
    names = sorted({scenario[task] for task in others})
    apart = {name: tuple(task for task in others if scenario[task] == name) for name in names}
    return Groups(plain, apart, graded)
