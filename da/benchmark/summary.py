"""How far a benchmark is."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from statistics import fmean
from typing import Any, NamedTuple


class Cell(NamedTuple):
    """What the store knows of a run, besides its records.

    Attributes:
        run_id: The run's id.
        job: Cells of the same job are executed together.
        method: Name of the method.
        task: Name of the transfer task.
        seed: Seed of the run.
        state: "todo", "running" or "done".
        status: Of a finished run "ok", "diverged", "failed" or "not_applicable".
        reason: Why the status is not "ok", in one line.
        owner: Who works on it.
        tries: How often it was started.
        progress: Share that is done, in [0, 1].
        note: What the run reported last, such as its accuracy in [0, 1].
        seconds: What it took; runs of the same job share its time equally.
        finished: When it ended, in seconds since the epoch.
    """

    run_id: str
    job: str
    method: str
    task: str
    seed: int
    state: str
    status: str | None
    reason: str | None
    owner: str | None
    tries: int
    progress: float
    note: dict[str, Any]
    seconds: float | None
    finished: float | None


@dataclass(frozen=True)
class Summary:
    """How far the given cells are, as pure functions of them.

    Attributes:
        cells: In the order in which they are claimed.
    """

    cells: Sequence[Cell]

    @cached_property
    def states(self) -> Counter[str]:
        """Number of cells by state: "todo", "running", "done"."""
        return Counter(cell.state for cell in self.cells)

    @cached_property
    def statuses(self) -> Counter[str]:
        """Number of finished cells by status: "ok", "diverged", "failed", "not_applicable"."""
        return Counter(cell.status for cell in self.cells if cell.status is not None)

    @cached_property
    def jobs(self) -> int:
        """Number of jobs that are not finished."""
        return len({cell.job for cell in self.cells if cell.state != "done"})

    @cached_property
    def workers(self) -> dict[str, list[Cell]]:
        """Cells being worked on, by owner."""
        workers: dict[str, list[Cell]] = defaultdict(list)
        for cell in self.cells:
            if cell.state == "running" and cell.owner is not None:
                workers[cell.owner].append(cell)
        return dict(sorted(workers.items()))

    @cached_property
    def latest(self) -> list[Cell]:
        """Finished cells, the latest first."""
        done = [cell for cell in self.cells if cell.finished is not None]
        return sorted(done, key=lambda cell: cell.finished or 0.0, reverse=True)

    @cached_property
    def accuracies(self) -> dict[str, list[float]]:
        """Accuracies that finished cells reported last, by method in the order of the cells."""
        accuracies: dict[str, list[float]] = defaultdict(list)
        for cell in self.cells:
            if cell.state == "done" and "accuracy" in cell.note:
                accuracies[cell.method].append(cell.note["accuracy"])
        return dict(accuracies)

    @cached_property
    def seconds_left(self) -> float | None:
        """Expected seconds of work left for one worker; None before any cell has ended.

        A cell is expected to take as long as the others of its method did, or as all did where
        none of its method has ended.
        """
        seen: dict[str, list[float]] = defaultdict(list)
        for cell in self.cells:
            if cell.seconds is not None and cell.status in ("ok", "diverged"):
                seen[cell.method].append(cell.seconds)
        if not seen:
            return None
        overall = fmean(seconds for method in seen.values() for seconds in method)
        means = {method: fmean(seconds) for method, seconds in seen.items()}
        return sum(
            means.get(cell.method, overall) * (1 - cell.progress)
            for cell in self.cells
            if cell.state != "done"
        )
