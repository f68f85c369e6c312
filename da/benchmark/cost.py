"""What a published setting costs here: some steps of each method, timed, times all steps."""

import time
from collections.abc import Sequence
from copy import deepcopy
from dataclasses import replace
from typing import Any

import torch
from pytorch_lightning import Callback, LightningModule, Trainer
from rich.progress import track
from rich.table import Table

from da.benchmark.execute import MemoryLogger, build, not_applicable
from da.benchmark.grid import Benchmark, Run
from da.benchmark.wording import count, method_name
from da.cli import quiet

#: Steps that are timed, after those that warm up.
STEPS, WARM_UP = 20, 5

#: Seconds after which a method has been timed for long enough, however few its steps.
LIMIT = 60.0


class Stopwatch(Callback):
    """Note the wall time at which each step starts, once the device has caught up.

    Args:
        limit: Seconds after which the training ends, but not before its second step has started.
    """

    def __init__(self, limit: float = LIMIT) -> None:
        self.starts: list[float] = []
        self.limit = limit

    def on_train_batch_start(
        self, trainer: Trainer, pl_module: LightningModule, batch: Any, batch_idx: int
    ) -> None:
        if pl_module.device.type == "cuda":
            torch.cuda.synchronize(pl_module.device)
        self.starts.append(time.perf_counter())
        if len(self.starts) > 1 and self.starts[-1] - self.starts[0] > self.limit:
            trainer.should_stop = True


def cost(title: str, benchmark: Benchmark) -> Table:
    """Time each method on the first task, and add up all trainings.

    Evaluation is not counted, nor that several trainings may run at once.

    Args:
        title: What the setting is.
        benchmark: Its cells.

    Raises:
        FileNotFoundError: If the data are missing.
    """
    quiet()
    runs = benchmark.runs()
    first = {run.method: run for run in reversed(runs) if run.task == benchmark.tasks[0]}
    table = Table(title=f"{title}: cost on this machine")
    for name in ("method", "seconds a step", "steps", "trainings", "hours"):
        table.add_column(name, justify="left" if name == "method" else "right")
    total, device = 0.0, "cpu"
    for method in track(benchmark.methods, description="timing", transient=True):
        jobs = len({run.job for run in runs if run.method == method})
        steps = int(first[method].config["trainer"]["max_steps"])
        measured = seconds(first[method])
        if measured is None:
            table.add_row(method_name(method), "–", "–", "–", "not with this network")
            continue
        step, device = measured
        hours = step * steps * jobs / 3600
        total += hours
        table.add_row(method_name(method), f"{step:.4f}", f"{steps:,}", str(jobs), f"{hours:.2f}")
    table.add_section()
    table.add_row("all", "", "", "", f"{total:.2f}")
    table.caption = (
        f"{count(STEPS, 'step')} of each on {device}, or as many as took {LIMIT:.0f} seconds; "
        "training alone, one at a time."
    )
    return table


def seconds(run: Run) -> tuple[float, str] | None:
    """Return the seconds of one step of a run, and the device; None if the method cannot be."""
    config = deepcopy(run.config)
    steps = config["trainer"]["max_steps"]
    config["trainer"]["max_steps"] = min(steps, STEPS + WARM_UP + 1)
    backbone = config["model"]["init_args"].get("backbone", {}).get("init_args", {})
    backbone.pop("weights", None)  # random weights cost the same
    try:
        cli = build(replace(run, config=config))
    except ValueError as error:
        if not_applicable(error) is None:
            raise
        return None
    watch = Stopwatch()
    trainer = cli.instantiate_trainer(logger=MemoryLogger(), callbacks=[watch])
    start = time.perf_counter()
    trainer.fit(cli.model, cli.datamodule)
    device = trainer.strategy.root_device
    name = torch.cuda.get_device_name(device) if device.type == "cuda" else device.type
    return _per_step(watch.starts, time.perf_counter() - start, steps), name


def _per_step(starts: Sequence[float], whole: float, steps: int) -> float:
    """Return the mean time between steps; of a method that is fitted at once, its share.

    Where few steps were waited for, half of them warm up.
    """
    if len(starts) < 2:
        return whole / steps
    warm = min(WARM_UP, (len(starts) - 1) // 2)
    return (starts[-1] - starts[warm]) / (len(starts) - 1 - warm)
