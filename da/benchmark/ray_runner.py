"""Execute the runs of a benchmark as Ray tasks, on this machine or on a cluster."""

import importlib
import logging
import os
import socket
import sys
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from da.benchmark.grid import Run
from da.benchmark.progress import Progress
from da.benchmark.ray_driver import Driver
from da.benchmark.runner import ENVIRONMENT
from da.benchmark.store import Store
from da.benchmark.summary import Summary

PATIENCE = 5.0  # seconds that a cluster has to answer


def run_all_ray(
    store_path: str | Path,
    runs: Collection[Run],
    execute: str,
    *,
    workers: int,
    address: str | None = None,
    show: bool = True,
) -> Summary:
    """Execute those runs that the store has no result of, each job as a Ray task of one CPU.

    Moritz et al., *Ray: A Distributed Framework for Emerging AI Applications*, OSDI 2018.
    https://arxiv.org/abs/1712.05889

    Does what :func:`da.benchmark.runner.run_all` does, and shares stores with it. Only this process
    touches the store; results travel to it. Each machine of a cluster needs the same `da`,
    installed. What tasks print is in Ray's own logs. A Ray that the caller has started is used and
    left running.

    Args:
        store_path: The store's file, created where missing.
        runs: The runs; those with the same ``job`` are executed together.
        execute: The function that executes a job, as "package.module:function".
        workers: Number of jobs at once.
        address: Of the cluster, as ``ray.init`` takes it; a Ray of its own on this machine if None.
        show: Whether to show progress on standard error.

    Returns:
        The state of each run. Those whose function raised an exception, and those whose worker died
        three times, are "failed" and have a reason.

    Raises:
        ValueError: If Ray is not installed, no cluster answers, the store cannot be used, or the
            function not be imported.
        KeyboardInterrupt: After Ctrl-C; tasks are cancelled and what they had finished is kept.
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
        with _connected(address, workers) as ray, Progress(show=show) as progress:
            environment = dict(ENVIRONMENT)
            if address is None:  # what this process can import, its workers can
                paths = [entry or os.getcwd() for entry in sys.path]
                environment["PYTHONPATH"] = os.pathsep.join(paths)
            driver = Driver(ray, store, ids, execute, workers, environment)
            try:
                while summary.jobs:
                    driver.submit()
                    progress.update(summary)
                    driver.collect()
                    summary = store.summary(ids)
                progress.update(summary)
            except KeyboardInterrupt:
                done = store.summary(ids).states["done"]
                print(
                    f"\nStopped after {done} of {len(ids)} cells; the same command does the rest.",
                    file=sys.stderr,
                )
                raise
            finally:
                driver.stop()
    return summary


@contextmanager
def _connected(address: str | None, workers: int) -> Iterator[Any]:
    """Connect to Ray, or start one of this machine's own."""
    try:
        ray = importlib.import_module("ray")
    except ImportError as error:
        raise ValueError(f"--ray needs Ray ({error}); pip install 'da[ray]'") from error
    if ray.is_initialized():
        yield ray
        return
    options: dict[str, Any] = {"log_to_driver": False, "logging_level": logging.ERROR}
    if address is None:
        options |= {"address": "local", "num_cpus": workers, "include_dashboard": False}
    else:
        options["address"] = address
    try:
        if address and ":" in address:  # Ray itself would go on trying for minutes
            host, port = address.rpartition("/")[2].rsplit(":", 1)
            socket.create_connection((host, int(port)), timeout=PATIENCE).close()
        ray.init(**options)
    except (OSError, RuntimeError, ValueError) as error:
        reason = " ".join(str(error).split())[:200]
        raise ValueError(
            f"no Ray cluster answers at {address!r} ({reason}); give the address that ray start "
            "has shown"
            if address
            else f"Ray does not start on this machine ({reason}); leave out --ray"
        ) from error
    try:
        yield ray
    finally:
        ray.shutdown()
