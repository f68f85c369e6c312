"""What a published setting costs here: some steps of each method, timed, times all steps."""

import json
import time
from collections.abc import Sequence
from copy import deepcopy
from dataclasses import astuple, dataclass, replace
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import torch
from pytorch_lightning import Callback, LightningModule, Trainer
from rich.progress import track
from rich.table import Table
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils.flop_counter import flop_registry

from da.benchmark.environment import environment
from da.benchmark.execute import MemoryLogger, build, not_applicable
from da.benchmark.grid import Benchmark, Run
from da.benchmark.results import write
from da.benchmark.wording import count, method_name
from da.cli import quiet

#: Steps that are timed, after those that warm up.
STEPS, WARM_UP = 20, 5

#: Seconds after which a method has been timed for long enough, however few its steps.
LIMIT = 60.0


@dataclass(frozen=True)
class Cost:
    """What the trainings of one method take, evaluation not counted.

    Attributes:
        step_s: Seconds of a step.
        step_flop: Floating point operations of a step in matrix products and convolutions, forward
            and backward; 0 where there are none, or no steps.
        steps: Steps of one training.
        trainings: Trainings of all tasks, seeds and values of its grid.
    """

    step_s: float
    step_flop: int
    steps: int
    trainings: int

    @property
    def hours(self) -> float:
        """Hours of all trainings, one at a time."""
        return self.step_s * self.steps * self.trainings / 3600

    @property
    def flop(self) -> int:
        """Floating point operations of all trainings."""
        return self.step_flop * self.steps * self.trainings


class Operations(TorchDispatchMode):
    """Count floating point operations of matrix products and convolutions while it is entered.

    torch's own ``FlopCounterMode`` also tracks modules, which fails on a gradient penalty.

    Attributes:
        count: Operations so far.
    """

    count = 0

    def __torch_dispatch__(
        self, func: Any, types: Any, args: Any = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        result = func(*args, **(kwargs or {}))
        if of := flop_registry.get(func._overloadpacket):
            self.count += of(*args, **(kwargs or {}), out_val=result)
        return result


class Stopwatch(Callback):
    """Note when each step ends, once the device has caught up, and count what a step computes.

    Operations are counted while the network warms up, for counting takes time itself.

    Args:
        limit: Seconds after which the training ends, but not before its first step.

    Attributes:
        times: Seconds at the start and after each step; of the processor where it is the device
            and torch has one thread, for these hardly depend on who else uses the machine.
        flop: Floating point operations of the last step that was counted.
    """

    def __init__(self, limit: float = LIMIT) -> None:
        self.times: list[float] = []
        self.flop = 0
        self.limit = limit
        self._operations: Operations | None = None

    def on_train_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        self._note(pl_module.device)

    def on_train_batch_start(
        self, trainer: Trainer, pl_module: LightningModule, batch: Any, batch_idx: int
    ) -> None:
        if len(self.times) <= WARM_UP:
            self._operations = Operations()
            self._operations.__enter__()

    def on_train_batch_end(
        self,
        trainer: Trainer,
        pl_module: LightningModule,
        outputs: Any,
        batch: Any,
        batch_idx: int,
    ) -> None:
        if self._operations:
            self._operations.__exit__(None, None, None)
            self.flop, self._operations = self._operations.count, None
        self._note(pl_module.device)
        if self.times[-1] - self.times[0] > self.limit:
            trainer.should_stop = True

    def _note(self, device: torch.device) -> None:
        if device.type == "cuda":
            torch.cuda.synchronize(device)
        alone = device.type == "cpu" and torch.get_num_threads() == 1
        self.times.append(time.process_time() if alone else time.perf_counter())


def costs(benchmark: Benchmark) -> tuple[dict[str, Cost | None], str]:
    """Time each method of a benchmark on its first task.

    Returns:
        The cost of each method, None for one that cannot be with this network; and the device.

    Raises:
        FileNotFoundError: If the data are missing.
    """
    quiet()
    runs = benchmark.runs()
    first = {run.method: run for run in reversed(runs) if run.task == benchmark.tasks[0]}
    found: dict[str, Cost | None] = {}
    device = ""
    for method in track(benchmark.methods, description="timing", transient=True):
        measured = measure(first[method])
        found[method] = None
        if measured:
            watch_s, flop, device = measured
            steps = int(first[method].config["trainer"]["max_steps"])
            jobs = len({run.job for run in runs if run.method == method})
            found[method] = Cost(watch_s, flop, steps, jobs)
    return found, device


def table(title: str, found: dict[str, Cost | None], device: str) -> Table:
    """Return what each method of a setting costs, and all together.

    Args:
        title: What the setting is.
        found: What :func:`costs` measured.
        device: On what.
    """
    shown = Table(title=f"{title}: cost on this machine")
    for name in ("method", "seconds a step", "TFLOP a step", "steps", "trainings", "hours"):
        shown.add_column(name, justify="left" if name == "method" else "right")
    for method, cost in found.items():
        cells = ["–", "–", "–", "–", "not with this network"]
        if cost:
            flop = f"{cost.step_flop / 1e12:.4f}" if cost.step_flop else "–"
            cells = [f"{cost.step_s:.4f}", flop, f"{cost.steps:,}", str(cost.trainings)]
            cells.append(f"{cost.hours:,.2f}")
        shown.add_row(method_name(method), *cells)
    shown.add_section()
    known = [cost for cost in found.values() if cost]
    shown.add_row("all", "", "", "", "", f"{sum(cost.hours for cost in known):,.2f}")
    pflop = sum(cost.flop for cost in known) / 1e15
    shown.caption = (
        f"{count(STEPS, 'step')} of each on {device}, or as many as took {LIMIT:.0f} seconds; "
        f"training alone, one at a time. {pflop:,.1f} PFLOP in all: a device that sustains "
        f"10 TFLOP/s needs {pflop / 36:,.2f} hours at least."
    )
    return shown


def save(path: Path, setting: str, found: dict[str, Cost | None], device: str) -> None:
    """Note in a JSON file what a setting costs, beside the other settings there."""
    known = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    env = environment()
    known[setting] = {
        "code_commit": env["code_commit"],
        "dirty": env["dirty"],
        "torch": env["torch"],
        "date": datetime.now(timezone.utc).date().isoformat(),
        "device": device,
        "methods": {method: cost and astuple(cost) for method, cost in found.items()},
    }
    write(path, json.dumps(dict(sorted(known.items())), indent=1) + "\n")


def load(path: Path) -> dict[str, tuple[list[Cost], str]]:
    """Return what :func:`save` noted of each setting: what its methods cost, and on what.

    Empty where nothing is noted.
    """
    if not path.exists():
        return {}
    return {
        setting: ([Cost(*cost) for cost in noted["methods"].values() if cost], noted["device"])
        for setting, noted in json.loads(path.read_text(encoding="utf-8")).items()
    }


def measure(run: Run) -> tuple[float, int, str] | None:
    """Return the seconds and operations of one step of a run, and the device.

    None if the method cannot be with this network.
    """
    config = deepcopy(run.config)
    steps = config["trainer"]["max_steps"]
    config["trainer"]["max_steps"] = min(steps, STEPS + WARM_UP)
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
    whole = time.perf_counter() - start
    device = trainer.strategy.root_device
    threads = f"{device.type}, {count(torch.get_num_threads(), 'thread')}"
    name = torch.cuda.get_device_name(device) if device.type == "cuda" else threads
    return _per_step(watch.times) if cli.model.takes_steps else whole / steps, watch.flop, name


def _per_step(times: Sequence[float]) -> float:
    """Return the mean time of a step; where few were waited for, half of them warm up."""
    warm = min(WARM_UP, (len(times) - 1) // 2)
    return (times[-1] - times[warm]) / (len(times) - 1 - warm)
