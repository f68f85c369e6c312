"""Execute the runs of a benchmark in worker processes that share one store."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast

from da.benchmark.grid import Run
from da.benchmark.owner import owner_of
from da.benchmark.progress import Progress
from da.benchmark.store import Store
from da.benchmark.summary import Summary
from da.benchmark.worker import NOT_IMPORTABLE

TRIES = 3  # how often a run is started whose worker dies each time
LOOK = 0.25  # seconds between looks at the store, at least
REST = 50  # times what a look takes: at 2,000 cells it took a tenth of a core from the workers
GRACE = 3.0  # seconds that a worker has to end when told to
# One thread per process: two processes of two threads each are slower, and threads change sums.
# A fixed hash seed: the order of sets must not differ between processes.
ENVIRONMENT = {"OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1", "PYTHONHASHSEED": "0"}


def run_all(
    store_path: str | Path,
    runs: Collection[Run],
    execute: str,
    *,
    workers: int = 2,
    show: bool = True,
) -> Summary:
    """Execute those runs that the store has no result of, and return when all are done.

    Several calls, in several processes, may share a store: each run is executed by one of them.
    A call that was killed loses the runs it was executing; the next call executes those and the
    rest. What workers print goes to ``workers.log`` beside the store, tracebacks of failed runs to
    ``errors/<run id>.txt``.

    Args:
        store_path: The store's file, created where missing.
        runs: The runs; those with the same ``job`` are executed together.
        execute: The function that executes a job, as "package.module:function". It gets the runs
            and a function ``report(progress, note)`` for the live display, and returns one
            :class:`da.benchmark.store.Result` per run. Only workers import it.
        workers: Number of processes, of one thread each; never more than there are jobs to do.
        show: Whether to show progress on standard error.

    Returns:
        The state of each run. Those whose function raised an exception, and those whose worker died
        three times, are "failed" and have a reason.

    Raises:
        ValueError: If the store cannot be used or the function not be imported.
        RuntimeError: If workers die before they take a job.
        KeyboardInterrupt: After Ctrl-C; workers have ended and what they had finished is kept.
    """
    if workers < 1:
        raise ValueError(f"a benchmark needs at least 1 worker; got {workers}")
    if not all(execute.partition(":")):
        raise ValueError(f'execute is named as "package.module:function"; got {execute!r}')
    ids = list(dict.fromkeys(run.id for run in runs))
    with Store(store_path) as store:
        store.check()
        store.add(runs)
        summary = store.summary(ids)
        if summary.jobs == 0:
            return summary
        pool = Pool(store, ids, execute, workers)
        try:
            with Progress(show=show) as progress:
                pause = LOOK
                while summary.jobs:
                    pool.tend(summary.jobs)
                    progress.update(summary)
                    time.sleep(pause)
                    start = time.process_time()
                    summary = store.summary(ids)
                    pause = max(LOOK, REST * (time.process_time() - start))
                progress.update(summary)
            pool.join()
        except KeyboardInterrupt:
            done = store.summary(ids).states["done"]
            print(
                f"\nStopped after {done} of {len(ids)} cells; the same command does the rest.",
                file=sys.stderr,
            )
            raise
        finally:
            pool.stop()
    return summary


@dataclass(frozen=True)
class Worker:
    """A worker's process and its name as owner of runs."""

    process: "subprocess.Popen[bytes]"
    owner: str
    lifeline: IO[bytes]  # the worker's standard input; when it closes, the worker ends

    def close(self) -> None:
        """Close the pipe, of which a dead worker may have left a part unread."""
        with suppress(BrokenPipeError):
            self.lifeline.close()


class Pool:
    """Worker processes; dead ones are replaced and what they did is given back.

    They are new interpreters, not forks, and do not import the caller's script: it needs no
    ``if __name__ == "__main__"``.
    """

    def __init__(self, store: Store, ids: list[str], execute: str, size: int) -> None:
        self.store, self.ids, self.execute, self.size = store, ids, execute, size
        self.name = owner_of(os.getpid())
        self.workers: list[Worker] = []
        self.deaths = 0  # in a row, of workers that had no job

    def tend(self, jobs: int) -> None:
        """Bury the dead and start as many workers as there are jobs, up to the pool's size."""
        for worker in list(self.workers):
            if worker.process.poll() is not None:
                self.workers.remove(worker)
                self._bury(worker)
        while len(self.workers) < min(self.size, jobs):
            self.workers.append(self._start())

    def join(self) -> None:
        """Wait until the workers have seen that nothing is left to do."""
        for worker in self.workers:
            with suppress(subprocess.TimeoutExpired):
                worker.process.wait(GRACE)

    def stop(self) -> None:
        """End the workers and give back what they were executing."""
        for worker in self.workers:
            worker.process.terminate()
        deadline = time.monotonic() + GRACE
        for worker in self.workers:
            try:
                worker.process.wait(max(0.0, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                worker.process.kill()
                worker.process.wait()
            worker.close()
            self.store.release(worker.owner)
        self.workers.clear()

    def _start(self) -> Worker:
        start = f"import sys; sys.path[:] = {sys.path!r}; import da.benchmark.worker as w; w.main()"
        # Blocked signals stay blocked in the new process: a Ctrl-C cannot hit it while it starts.
        signals = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
        try:
            with open(self.store.path.parent / "workers.log", "ab") as log:
                process = subprocess.Popen(
                    [sys.executable, "-c", start],
                    stdin=subprocess.PIPE,
                    stdout=log,
                    stderr=log,
                    env={**os.environ, **ENVIRONMENT},
                )
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, signals)
        lifeline = cast(IO[bytes], process.stdin)
        order = {
            "path": str(self.store.path.absolute()),  # a job may change the folder
            "ids": self.ids,
            "execute": self.execute,
            "runner": self.name,
        }
        with suppress(BrokenPipeError):  # it died already, which the next look finds
            lifeline.write(json.dumps(order).encode() + b"\n")
            lifeline.flush()
        return Worker(process, owner_of(process.pid, self.name), lifeline)

    def _bury(self, worker: Worker) -> None:
        code = worker.process.returncode
        worker.close()
        if code == NOT_IMPORTABLE:
            reason = (self.store.path.parent / "import_error.txt").read_text()
            raise ValueError(f"the workers cannot import {self.execute} ({reason})")
        reason = (
            f"worker died with signal {-code}" if code < 0 else f"worker exited with code {code}"
        )
        lost = self.store.lose(worker.owner, reason, tries=TRIES)
        self.deaths = 0 if lost or code == 0 else self.deaths + 1
        if self.deaths == TRIES:
            raise RuntimeError(
                f"{TRIES} workers in a row ended before they took a job ({reason}); "
                f"see {self.store.path.parent / 'workers.log'}"
            )
