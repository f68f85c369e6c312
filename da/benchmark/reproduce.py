"""``da reproduce``: run published settings and put our numbers beside the published ones."""

import argparse
import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from da.arguments import Parser
from da.benchmark.commands import check_tasks, run_cells
from da.benchmark.grid import Benchmark, Setting, unknown
from da.benchmark.paper_files import papers
from da.benchmark.papers import Paper, about, load_paper
from da.benchmark.pretrained import TORCHVISION, check_weights
from da.benchmark.wording import count


def reproduce(args: Sequence[str]) -> int:
    """Run published settings as frozen in experiments/papers, and compare with what was published.

    Finished cells are kept, so that an interrupted run goes on where it was, and a report has all
    of a setting that its folder holds. Without a name, list the settings.
    """
    parser = Parser("da reproduce", description=reproduce.__doc__)
    parser.add_argument(
        "names",
        nargs="*",
        metavar="PAPER_OR_BENCHMARK",
        help="a file in experiments/papers, or a table of published results: all files about it",
    )
    parser.add_argument("--methods", nargs="+", help="methods of the setting; default: all")
    parser.add_argument("--tasks", nargs="+", help="tasks of the setting; default: all")
    parser.add_argument("--seeds", nargs="+", type=int, help="default: those of the setting")
    parser.add_argument(
        "--reduced", action="store_true", help="the smaller version that the file describes"
    )
    parser.add_argument(
        "--weights", help="file of pretrained weights for the backbone, in place of a download"
    )
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1, help="processes")
    parser.add_argument(
        "--root", type=Path, help="folder of the runs; default: runs/published_SETTING"
    )
    parser.add_argument(
        "--reuse",
        type=Path,
        metavar="FOLDER",
        help="take into the table, in place of running it, what this folder of records has of the "
        "setting, such as benchmarks/results/published_SETTING",
    )
    parser.add_argument("--retry-failed", action="store_true", help="run failed cells again")
    parser.add_argument(
        "--cost", action="store_true", help="time some steps of each method here and add up"
    )
    options = parser.parse_args(args)
    if not options.names:
        Console().print(listing())
        return 0
    names = [name for given in options.names for name in named(given)]
    if options.root and len(names) > 1:
        raise ValueError(
            f"one folder holds the runs of one setting; got --root for {', '.join(names)}"
        )
    settings = [load_paper(name, reduced=options.reduced) for name in dict.fromkeys(names)]
    return max(_run(paper, options) for paper in settings)


def named(name: str) -> list[str]:
    """Return the settings of this name: one file, or all files about a benchmark.

    Raises:
        ValueError: If there is neither.
    """
    if name in papers():
        return [name]
    if found := about(name):
        return found
    benchmarks = {load_paper(n).published for n in papers()}
    raise ValueError(unknown("published setting or benchmark", name, [*papers(), *benchmarks]))


def listing() -> Table:
    """Return what settings there are for each table of published results: size and needs."""
    table = Table.grid(padding=(0, 2))
    table.add_column(style="bold", no_wrap=True)
    table.add_column()
    by_benchmark: dict[str, list[Paper]] = {}
    for name in papers():
        paper = load_paper(name)
        by_benchmark.setdefault(paper.published, []).append(paper)
    for published, settings in by_benchmark.items():
        table.add_row(published)
        for paper in settings:
            b = paper.benchmark
            size = f"{count(len(b.methods), 'method')}, {count(len(b.tasks), 'task')}, "
            size += count(len(b.seeds), "seed")
            smaller = "; smaller with --reduced" if paper.has_reduced else ""
            needs = f" Needs {paper.needs}" if paper.needs else ""
            table.add_row(f"  {paper.name}", f"{paper.title}: {size}{smaller}.{needs}")
    return table


def with_weights(benchmark: Benchmark, weights: str) -> Benchmark:
    """Return the benchmark with the backbone of every method starting from a file.

    Raises:
        FileNotFoundError: If there is no such file.
        ValueError: If no method has a network that takes weights.
    """
    path = Path(weights).expanduser()
    if not path.is_file():
        raise FileNotFoundError(f"there is no file of weights {weights}; check --weights")
    setting: dict[str, Any] = {"init_args": {"weights": str(path.resolve())}}
    backbones = {r.config["model"]["init_args"]["backbone"]["class_path"] for r in benchmark.runs()}
    if backbones != {TORCHVISION}:
        raise ValueError(
            f"{benchmark.name} starts from random weights ({', '.join(sorted(backbones))}); leave "
            "out --weights"
        )
    config = {"model": {"init_args": {"backbone": setting}}}
    return replace(benchmark, settings=(*benchmark.settings, Setting(config)))


def _run(paper: Paper, options: argparse.Namespace) -> int:
    """Run the chosen cells of one setting and report on them."""
    if options.workers < 1:
        raise ValueError(f"a run needs at least 1 worker; got --workers {options.workers}")
    benchmark = paper.benchmark
    cells: dict[str, list[str]] = {}
    for cell in benchmark.methods:
        cells.setdefault(paper.variants.get(cell, cell), []).append(cell)
    for kind, known in (("method", cells), ("task", dict.fromkeys(benchmark.tasks))):
        for name in getattr(options, f"{kind}s") or ():
            if name not in known:
                raise ValueError(unknown(f"{kind} in {paper.name}", name, known))
    if options.weights:
        benchmark = with_weights(benchmark, options.weights)
    wanted = ["source_only", *options.methods] if options.methods else cells
    chosen = [cell for method in wanted for cell in cells.get(method, ())]
    whole, benchmark = benchmark, benchmark.select(chosen, options.tasks, options.seeds)
    runs = benchmark.runs()
    if options.cost:
        from da.benchmark.cost import costs, table  # imports torch

        Console().print(table(paper.title, *costs(benchmark)))
        return 0
    check_tasks(runs)
    check_weights(runs)
    root = options.root or Path("runs") / benchmark.name
    console = Console()
    if options.reuse:
        from da.benchmark.reuse import reuse

        reuse(options.reuse, root, whole.runs())
    console.print(f"{paper.title}: {count(len(runs), 'cell')} into {root}", highlight=False)
    summary = run_cells(root, runs, workers=options.workers, retry=options.retry_failed)
    from da.benchmark.results import export, finished, write_reports

    # With what earlier commands left there: a table may grow by methods and by seeds
    reported = {run.id: run for run in (*finished(root, whole.runs()), *runs)}
    records, splits = export(root, list(reported.values()))
    write_reports(records, splits, root)
    return 1 if summary.statuses["failed"] else 0
