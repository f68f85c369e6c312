"""What a Ray worker does: execute one job, tell how far it is, and send back what came out."""

import importlib
import json
import time
import traceback
from dataclasses import dataclass
from typing import Any, TypeAlias

from da.benchmark.grid import Run
from da.benchmark.store import Result

Note: TypeAlias = tuple[float, dict[str, Any]]  # progress in [0, 1], and what there is to tell


@dataclass(frozen=True)
class Outcome:
    """What a task sends back.

    Attributes:
        results: One per run, unless the job raised an exception.
        seconds: What it took.
        note: What it reported last.
        error: The exception in one line, if one was raised.
        trace: Its traceback.
        importable: Whether what is to be executed could be imported.
    """

    results: list[Result]
    seconds: float
    note: Note
    error: str | None = None
    trace: str = ""
    importable: bool = True


class Mailbox:
    """Holds what tasks report, until the driver takes it; an actor on the cluster."""

    def __init__(self) -> None:
        self.notes: dict[str, Note] = {}

    def put(self, owner: str, progress: float, note: dict[str, Any]) -> None:
        self.notes[owner] = (progress, note)

    def take(self) -> dict[str, Note]:
        notes, self.notes = self.notes, {}
        return notes


def execute_job(runs: list[Run], execute: str, owner: str, mailbox: Any) -> Outcome:
    """Execute a job; an exception comes back in words, which every process can read.

    Args:
        runs: Runs of one job.
        execute: What executes it, as "package.module:function".
        owner: The name under which the driver has claimed the runs.
        mailbox: Handle of the actor :class:`Mailbox`, for the live display.
    """
    start = time.perf_counter()
    note: Note = (0.0, {})

    def report(progress: float, told: dict[str, Any]) -> None:
        nonlocal note
        json.dumps(told)  # raises here, in the job, what would otherwise end the heartbeat
        note = (float(progress), told)
        mailbox.put.remote(owner, *note)

    def outcome(results: list[Result], **options: Any) -> Outcome:
        return Outcome(results, time.perf_counter() - start, note, **options)

    module, _, name = execute.partition(":")
    try:
        function = getattr(importlib.import_module(module), name)
    except Exception as error:
        return outcome([], error=one_line(error), importable=False)
    try:
        results = function(runs, report)
        if sorted(result.run_id for result in results) != sorted(run.id for run in runs):
            raise ValueError(f"a job returns one result per run; got {len(results)} of {len(runs)}")
    except Exception as error:
        return outcome([], error=one_line(error), trace=traceback.format_exc())
    return outcome(results)


def one_line(error: BaseException) -> str:
    """Return class and message without line breaks."""
    return " ".join(f"{type(error).__name__}: {error}".split())
