"""The process between Ray and the store: it claims jobs, submits them and writes their results."""

import os
import threading
import time
import traceback
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from da.benchmark.grid import Run
from da.benchmark.owner import owner_of
from da.benchmark.ray_task import Mailbox, Note, Outcome, execute_job, one_line
from da.benchmark.runner import LOOK, TRIES
from da.benchmark.store import Result, Store
from da.benchmark.worker import PULSE


@dataclass(frozen=True)
class Job:
    """A task in flight, and the name under which its runs are claimed."""

    runs: list[Run]
    owner: str

    @property
    def ids(self) -> list[str]:
        """Ids of its runs."""
        return [run.id for run in self.runs]


class Heartbeat(threading.Thread):
    """Tell the store each second how far each job in flight is."""

    def __init__(self, path: Path) -> None:
        super().__init__(daemon=True)
        self.path, self.ended = path, threading.Event()
        self.jobs: dict[str, tuple[list[str], Note]] = {}  # by owner

    def run(self) -> None:
        with Store(self.path) as store:
            while not self.ended.wait(PULSE):
                for owner, (ids, note) in list(self.jobs.items()):
                    with suppress(ValueError):  # a disk that is full for a moment
                        store.beat(owner, ids, *note)


class Driver:
    """Claims jobs, has Ray execute them and writes what comes back.

    Args:
        ray: The module, connected.
        store: The store.
        ids: The runs.
        execute: What executes a job, as "package.module:function".
        size: Number of tasks at once.
        environment: Environment variables of the tasks.
    """

    def __init__(
        self,
        ray: Any,
        store: Store,
        ids: list[str],
        execute: str,
        size: int,
        environment: dict[str, str],
    ) -> None:
        self.ray, self.store, self.ids, self.execute, self.size = ray, store, ids, execute, size
        self.name = owner_of(os.getpid())
        self.jobs: dict[Any, Job] = {}  # by the reference of their task
        self.count = 0
        options = {"num_cpus": 1, "max_retries": 0, "runtime_env": {"env_vars": environment}}
        self.task = ray.remote(**options)(execute_job)
        self.mailbox = ray.remote(num_cpus=0, max_restarts=-1)(Mailbox).remote()
        self.heartbeat = Heartbeat(store.path)
        self.heartbeat.start()

    def submit(self) -> None:
        """Claim jobs and submit them, until enough are in flight."""
        while len(self.jobs) < self.size:
            self.count += 1
            # The number tells this process's jobs apart; when it has died, all are free at once.
            owner = f"{self.name}+{self.name}#{self.count}"
            runs = self.store.claim(owner, self.ids)
            if not runs:
                return
            job = Job(runs, owner)
            for run_id in job.ids:
                self._log(run_id).unlink(missing_ok=True)
            self.heartbeat.jobs[owner] = (job.ids, (0.0, {}))
            task = self.task.remote(runs, self.execute, owner, self.mailbox)
            self.jobs[task] = job

    def collect(self) -> None:
        """Wait a moment for tasks to end, write their results and hear how the others are."""
        if not self.jobs:
            time.sleep(LOOK)  # others execute what is left
            return
        ended, _ = self.ray.wait(list(self.jobs), num_returns=len(self.jobs), timeout=LOOK)
        for task in ended:
            self._end(task, self.jobs[task])
            job = self.jobs.pop(task)
            del self.heartbeat.jobs[job.owner]
        # A mailbox that died with its machine starts again; only the display misses it.
        with suppress(self.ray.exceptions.RayError):
            for owner, note in self.ray.get(self.mailbox.take.remote(), timeout=PULSE).items():
                if owner in self.heartbeat.jobs:
                    self.heartbeat.jobs[owner] = (self.heartbeat.jobs[owner][0], note)

    def stop(self) -> None:
        """Cancel what is in flight and give it back."""
        self.heartbeat.ended.set()
        self.heartbeat.join()
        for job in self.jobs.values():
            self.store.release(job.owner)
        for task in self.jobs:
            self.ray.cancel(task, force=True)
        self.jobs.clear()
        self.ray.kill(self.mailbox)

    def _end(self, task: Any, job: Job) -> None:
        errors = self.ray.exceptions
        try:
            outcome: Outcome = self.ray.get(task)
        except errors.RayTaskError as error:  # of Ray itself: what a job raises is in its outcome
            self._fail(job, one_line(error.cause), str(error), 0.0)
            return
        except errors.RayError as error:
            self.store.lose(job.owner, f"worker died ({type(error).__name__})", tries=TRIES)
            return
        if not outcome.importable:
            raise ValueError(f"the workers cannot import {self.execute} ({outcome.error})")
        self.store.beat(job.owner, job.ids, *outcome.note)  # the last note stays with the runs
        if outcome.error is not None:
            self._fail(job, outcome.error, outcome.trace, outcome.seconds)
            return
        try:
            self.store.finish(job.owner, outcome.results, outcome.seconds)
        except TypeError as error:  # what JSON cannot hold
            self._fail(job, one_line(error), traceback.format_exc(), outcome.seconds)

    def _fail(self, job: Job, reason: str, trace: str, seconds: float) -> None:
        for run_id in job.ids:
            self._log(run_id).parent.mkdir(exist_ok=True)
            self._log(run_id).write_text(trace)
        failed = [Result(run_id, "failed", reason) for run_id in job.ids]
        self.store.finish(job.owner, failed, seconds)

    def _log(self, run_id: str) -> Path:
        return self.store.path.parent / "errors" / f"{run_id}.txt"
