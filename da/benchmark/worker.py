"""A worker process: claim a job, execute it, write its results, until all jobs are done."""

import faulthandler
import gc
import importlib
import json
import os
import select
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeAlias

from da.benchmark.grid import Run
from da.benchmark.owner import owner_of
from da.benchmark.store import Result, Store

Report: TypeAlias = Callable[[float, dict[str, Any]], None]
Execute: TypeAlias = Callable[[list[Run], Report], list[Result]]

NOT_IMPORTABLE = os.EX_CONFIG  # exit code of a worker that cannot import what it shall execute
PULSE = 1.0  # seconds between heartbeats
IDLE = 0.25  # seconds between looks for cells that others gave back


class Heartbeat(threading.Thread):
    """Tell the store each second how far the job is, and end the process with its parent.

    Args:
        path: The store's file.
        owner: This process.
        lifeline: Read end of a pipe whose other end the parent holds; it ends when the parent does.
    """

    def __init__(self, path: Path, owner: str, lifeline: int) -> None:
        super().__init__(daemon=True)
        self.path, self.owner, self.lifeline = path, owner, lifeline
        self.job: tuple[list[str], float, dict[str, Any]] | None = None

    def run(self) -> None:
        try:
            with Store(self.path) as store:
                while not select.select([self.lifeline], [], [], PULSE)[0]:
                    if self.job is not None:
                        with suppress(ValueError):  # a disk that is full for a moment
                            store.beat(self.owner, *self.job)
        finally:
            os._exit(1)  # the whole process, whatever it computes


def work(path: Path, ids: list[str], execute: str, runner: str, lifeline: int) -> None:
    """Execute jobs until all runs are done, by this process or by others.

    Args:
        path: The store's file.
        ids: The runs.
        execute: What executes a job, as "package.module:function".
        runner: Name of the process that started this one.
        lifeline: See :class:`Heartbeat`.
    """
    owner = owner_of(os.getpid(), runner)
    heartbeat = Heartbeat(path, owner, lifeline)
    heartbeat.start()
    function: Execute | None = None
    with Store(path) as store:
        while True:
            runs = store.claim(owner, ids)
            if not runs:
                if store.summary(ids).jobs == 0:
                    return
                time.sleep(IDLE)
                continue
            heartbeat.job = ([run.id for run in runs], 0.0, {})
            if function is None:  # only now: who waits for others need not import what is heavy
                function = _load(execute, store, owner)
                gc.freeze()  # modules stay: no need to look through them after each job
            _do(runs, function, store, heartbeat)
            gc.collect()  # a trainer and its data refer to each other


def _do(runs: list[Run], execute: Execute, store: Store, heartbeat: Heartbeat) -> None:
    """Execute one job and write its results; an exception becomes the status of its runs."""
    ids = [run.id for run in runs]
    owner = heartbeat.owner

    def report(progress: float, note: dict[str, Any]) -> None:
        json.dumps(note)  # raises here, in the job, what would otherwise end the heartbeat
        heartbeat.job = (ids, float(progress), note)

    logs = [store.path.parent / "errors" / f"{run_id}.txt" for run_id in ids]
    for log in logs:
        log.unlink(missing_ok=True)
    start = time.perf_counter()
    try:
        results = execute(runs, report)
        if sorted(result.run_id for result in results) != sorted(ids):
            raise ValueError(f"a job returns one result per run; got {len(results)} of {len(ids)}")
        if heartbeat.job is not None:
            store.beat(owner, *heartbeat.job)  # the last note stays with the runs
        store.finish(owner, results, time.perf_counter() - start)
    except Exception as error:
        for log in logs:
            log.parent.mkdir(exist_ok=True)
            log.write_text(traceback.format_exc())
        reason = _one_line(error)
        failed = [Result(run_id, "failed", reason) for run_id in ids]
        store.finish(owner, failed, time.perf_counter() - start)
    heartbeat.job = None


def _load(execute: str, store: Store, owner: str) -> Execute:
    """Import the function, or give the job back and end: no other job would fare better."""
    module, _, name = execute.partition(":")
    try:
        function: Execute = getattr(importlib.import_module(module), name)
    except Exception as error:
        store.release(owner)
        traceback.print_exc()
        (store.path.parent / "import_error.txt").write_text(_one_line(error))
        sys.exit(NOT_IMPORTABLE)
    return function


def _one_line(error: Exception) -> str:
    return " ".join(f"{type(error).__name__}: {error}".split())


def main() -> None:
    """Read from standard input what to work on, and work; the pipe stays open as the lifeline."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to handle
    signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGINT])
    faulthandler.enable()
    order = json.loads(sys.stdin.readline())
    lifeline = os.dup(sys.stdin.fileno())
    with open(os.devnull) as nothing:
        os.dup2(nothing.fileno(), sys.stdin.fileno())  # a job that reads must not read the lifeline
    work(Path(order["path"]), order["ids"], order["execute"], order["runner"], lifeline)
