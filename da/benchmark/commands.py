"""``da bench`` and ``da report``: run a suite, resume it, and say what came out."""

import argparse
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from da.arguments import Parser
from da.benchmark.axes import AXES, stress_tasks
from da.benchmark.grid import Benchmark, Run, parse_task
from da.benchmark.suites import load_suite

#: The function that workers execute; only they import torch.
EXECUTE = "da.benchmark.execute:execute"

ROWS = ("final", "validator", "full", "source_accuracy", "oracle")


def bench(args: Sequence[str]) -> int:
    """Run a suite: those cells that are not done yet; then write and print its report."""
    parser = Parser("da bench", description=bench.__doc__)
    parser.add_argument(
        "suite",
        help="a file in benchmarks/, such as digits, a path to one, or a YAML file of own data; "
        "stress is short for negative_transfer",
    )
    parser.add_argument("--methods", nargs="+", help="files in experiments/methods; default: all")
    parser.add_argument("--tasks", nargs="+", help="source->target or source->target:scenario")
    parser.add_argument(
        "--axes",
        nargs="+",
        metavar="AXIS",
        help="put the tasks, or the suite's first one, to all levels of these stress axes: "
        f"{', '.join(AXES)}",
    )
    parser.add_argument("--seeds", nargs="+", type=int, help="default: those of the suite")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1, help="processes")
    parser.add_argument(
        "--ray",
        nargs="?",
        const="local",
        metavar="ADDRESS",
        help="execute as Ray tasks, on a cluster if its address is given; --workers at once",
    )
    parser.add_argument("--root", type=Path, help="folder of the runs; default: runs/SUITE")
    parser.add_argument("--select", choices=ROWS, default="final", help="checkpoint that counts")
    parser.add_argument(
        "--reuse",
        type=Path,
        metavar="FOLDER",
        help="take into the table, in place of running it, what this folder of records has of the "
        "suite, such as benchmarks/results/digits",
    )
    parser.add_argument("--retry-failed", action="store_true", help="run failed cells again")
    parser.add_argument("--wandb", action="store_true", help="send every cell to W&B as one run")
    options = parser.parse_args(args)
    return run(load_suite(options.suite), options)


def report(args: Sequence[str]) -> int:
    """Write tables and the HTML page of the runs in a folder, and print the table."""
    parser = Parser("da report", description=report.__doc__)
    parser.add_argument("root", type=Path, help="folder of the runs, such as runs/digits")
    parser.add_argument("--select", choices=ROWS, default="final", help="checkpoint that counts")
    parser.add_argument("--publish", type=Path, help="write files to commit into this folder")
    parser.add_argument("--readme", type=Path, help="update the suite's results in this file")
    options = parser.parse_args(args)
    from da.benchmark.results import read, write_reports

    records, splits = read(options.root)
    if not (options.publish or options.readme):
        write_reports(records, splits, options.root, select=options.select)
        return 0
    from da.benchmark import publish

    if options.publish:
        publish.publish(records, splits, options.publish, select=options.select)
    if options.readme:
        # as the file that is read has to link to it
        folder = os.path.relpath(options.publish or options.root, options.readme.parent)
        text = publish.section(records, splits, folder, select=options.select)
        publish.update(options.readme, records[0]["suite"], text)
    return 0


def run(benchmark: Benchmark, options: argparse.Namespace) -> int:
    """Run the chosen part of a suite and report on it.

    Returns:
        0; 1 if a cell failed.
    """
    if options.workers < 1:
        raise ValueError(f"a benchmark needs at least 1 worker; got --workers {options.workers}")
    if any(seed < 0 for seed in options.seeds or ()):
        raise ValueError(f"a seed is at least 0; got --seeds {' '.join(map(str, options.seeds))}")
    tasks = options.tasks
    if options.axes:
        tasks = along(options.axes, tasks or benchmark.tasks[:1])
    runs = benchmark.select(options.methods, tasks, options.seeds).runs()
    root = options.root or Path("runs") / benchmark.name
    # Cells were made of tasks that were checked; to check them anew takes seconds.
    if tasks or options.suite.endswith(".py") or not (root / "store.sqlite").is_file():
        check_tasks(runs)
    if options.reuse:
        from da.benchmark.reuse import reuse

        methods = [*benchmark.methods, *(options.methods or ())]
        whole = benchmark.select(methods, tasks, options.seeds).runs()
        known = {run.id: run for run in reuse(options.reuse, root, whole)}
        runs = list((known | {run.id: run for run in runs}).values())
    summary = run_cells(
        root, runs, workers=options.workers, retry=options.retry_failed, ray=options.ray
    )
    from da.benchmark.results import export, write_reports

    records, splits = export(root, runs)
    write_reports(records, splits, root, select=options.select)
    if options.wandb:
        from da.benchmark.dashboard import send

        print(f"W&B: {send(records, root)} new runs in {root / 'wandb'}")
    return 1 if summary.statuses["failed"] else 0


def along(axes: Sequence[str], tasks: Sequence[str]) -> tuple[str, ...]:
    """Return the levels of these axes, names separated by spaces or commas, for some tasks' pairs.

    Raises:
        ValueError: If there is no such axis.
    """
    pairs = ["->".join(parse_task(task)[:2]) for task in tasks]
    names = [name for text in axes for name in text.split(",") if name]
    return stress_tasks(list(dict.fromkeys(pairs)), list(dict.fromkeys(names)))


def check_tasks(runs: list[Run]) -> None:
    """Build each transfer task once, so that what is wrong is told before anything runs.

    Raises:
        FileNotFoundError: If data are missing; the sentence says how to get them.
        ValueError: If a domain does not exist, or source and target are the same without saying so.
    """
    from da.catalogue import transfer_task

    for data in {r.task: r.config["data"] for r in runs}.values():
        transfer_task(data).prepare_data()


def run_cells(
    root: Path, runs: list[Run], *, workers: int, retry: bool, ray: str | None = None
) -> Any:
    """Execute the cells that are not done yet, here or, where ``ray`` says so, as Ray tasks."""
    from da.benchmark.runner import run_all
    from da.benchmark.store import Store

    try:
        root.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ValueError(
            f"the runs folder {root} cannot be made ({error.strerror}); choose another with --root"
        ) from error
    if retry:
        with Store(root / "store.sqlite") as store:
            store.reset([r.id for r in runs], ["failed"])
    if ray is None:
        return run_all(root / "store.sqlite", runs, EXECUTE, workers=workers)
    from da.benchmark.ray_runner import run_all_ray

    address = None if ray == "local" else ray
    return run_all_ray(root / "store.sqlite", runs, EXECUTE, workers=workers, address=address)
