"""Benchmarks small enough for tests, and the way from a declaration to records."""

import sys
from copy import deepcopy
from dataclasses import replace
from pathlib import Path

from da.benchmark import Benchmark
from da.benchmark.commands import EXECUTE
from da.benchmark.grid import digest, merge
from da.benchmark.results import export
from da.benchmark.runner import run_all
from da.benchmark.store import Result, Store

#: What makes a run of the Gaussians take a tenth of a second.
SHORT = {
    "data": {"init_args": {"size": 400, "batch_size": 32}},
    "trainer": {"max_steps": 12, "log_every_n_steps": 2},
    "model": {"init_args": {"backbone": {"init_args": {"hidden": [6]}}}},
}

IMPOSSIBLE = {"class_path": "da.data.Partial", "init_args": {"classes": 5}}


def suite(**options):
    """Return a declaration on the Gaussians."""
    return Benchmark(
        **{
            "name": "small",
            "data": "gaussians",
            "methods": ("source_only", "adabn", "target_only"),
            "tasks": ("source->target",),
            "seeds": (0,),
            "checkpoints": 3,
            # two classes cannot lose five: every run of that task fails
            "scenarios": {"impossible": {"scenario": IMPOSSIBLE}},
            **options,
        }
    )


def changed(run, *changes):
    """Return a run with another configuration, as if the YAML files had said so."""
    config = deepcopy(run.config)
    for change in changes:
        config = merge(config, change)
    known = {key: value for key, value in config.items() if key != "keep_features"}
    return replace(run, config=config, id=digest([run.id, known]), job=digest([run.job, known]))


def short(benchmark, *changes):
    """Return the runs of a benchmark, each a short one."""
    return [changed(run, SHORT, *changes) for run in benchmark.runs()]


def only(runs, *, method):
    """Return the one run of a method."""
    (run,) = (run for run in runs if run.method == method)
    return run


def train(*runs):
    """Execute runs as one job, and return their results."""
    from da.benchmark.execute import execute  # imports torch, which who starts workers need not

    return execute(list(runs), lambda progress, note: None)


def run_all_here(root, runs):
    """Do in this process what workers do, and return the exported records and test sets."""
    with Store(root / "store.sqlite") as store:
        store.add(runs)
        while job := store.claim("here:0:", [run.id for run in runs]):
            try:
                results = train(*job)
            except ValueError as error:
                results = [Result(run.id, "failed", f"ValueError: {error}") for run in job]
            store.finish("here:0:", results, 0.0)
    return export(root, runs)


def grid():
    """Return runs of every kind: shared trainings, single ones, and some that fail."""
    tasks = ("source->target", "source->target:label_shift", "source->target:impossible")
    methods = ("source_only", "adabn", "dann", "target_only")
    return short(suite(methods=methods, tasks=tasks, seeds=(0, 1)), {"trainer": {"max_steps": 40}})


def run_all_by_workers(root):
    """Do what ``da bench`` does before it reports; return the number of finished cells."""
    done = run_all(root / "store.sqlite", grid(), EXECUTE, workers=2, show=False).states["done"]
    export(root, grid())
    return done


if __name__ == "__main__":  # small.py ROOT: what a user starts and kills
    print(run_all_by_workers(Path(sys.argv[1])))
