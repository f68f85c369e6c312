"""What a training step of each method costs, as a ratio to one of source-only."""

import json
import time
from collections.abc import Sequence
from datetime import datetime, timezone
from pathlib import Path
from statistics import median
from typing import Any

import torch
from pytorch_lightning import Callback, LightningModule, Trainer

from da.benchmark.environment import environment
from da.benchmark.execute import MemoryLogger, build, not_applicable
from da.benchmark.grid import Benchmark
from da.benchmark.method_files import imported, names, settings_of
from da.benchmark.results import write
from da.cli import DomainAdaptationCLI, quiet

#: Steps that are counted, after one that is not. Two methods do every 50 steps what lasts longer.
STEPS = 50
#: For methods that cannot be with the network for digits as it is.
NORMALIZED = "network/batch_norm"


class Clock(Callback):
    """Note the processor time at which each step starts, so that all between two is counted.

    Processor time, on one thread, hardly depends on who else uses the machine.
    """

    def __init__(self) -> None:
        self.starts: list[float] = []

    def on_train_batch_start(
        self, trainer: Trainer, pl_module: LightningModule, batch: Any, batch_idx: int
    ) -> None:
        self.starts.append(time.process_time())


def timed() -> list[str]:
    """Name the methods that train step by step; what is fitted at once has no step to time."""
    classes = {name: imported(settings_of(name)["class_path"]) for name in names()}
    return [name for name, cls in classes.items() if getattr(cls, "takes_steps", True)]


def seconds_per_step(method: str, extra: Sequence[str] = (), *, steps: int = STEPS) -> float:
    """Train a method on embedded digits as the benchmark does, and return the mean of its steps.

    The mean, not the median, for some methods have stages, and others do some work now and then.

    Args:
        method: File in ``experiments/methods``.
        extra: Further files in ``experiments``, merged last.
        steps: Steps that count; at least 20, so that one is logged.

    Raises:
        ValueError: If there is no such method, or it cannot be with this network.
    """
    cli, clock = _build(method, extra, steps), Clock()
    trainer = cli.instantiate_trainer(logger=MemoryLogger(), callbacks=[clock])
    trainer.fit(cli.model, cli.datamodule)
    return (clock.starts[-1] - clock.starts[1]) / steps


def network_for(method: str) -> tuple[str, ...]:
    """Return the file that gives a method the network it needs, or none.

    Raises:
        ValueError: If there is no such method.
    """
    try:
        _build(method)
    except ValueError as error:
        if not_applicable(error) is None:
            raise
        return (NORMALIZED,)
    return ()


def measure(methods: Sequence[str], rounds: int = 3, *, steps: int = STEPS) -> dict[str, Any]:
    """Time each method against source-only on the same network, one right after the other.

    Args:
        methods: Files in ``experiments/methods``.
        rounds: Rounds over all methods; at least 1.
        steps: Steps that count in each; at least 20.

    Returns:
        What was measured, with what, and the ratio of each method: the median of the rounds and
        their extremes.
    """
    quiet()
    torch.set_num_threads(1)
    networks = {method: network_for(method) for method in methods}
    ratios: dict[str, list[float]] = {method: [] for method in methods}
    floors = []
    for _ in range(rounds):
        for method, network in networks.items():
            floor = seconds_per_step("source_only", network, steps=steps)
            ratios[method].append(seconds_per_step(method, network, steps=steps) / floor)
            floors += [] if network else [floor]
    env = environment()
    return {
        "code_commit": env["code_commit"],
        "dirty": env["dirty"],
        "torch": env["torch"],
        "date": datetime.now(timezone.utc).date().isoformat(),
        "network": "DigitCNN",
        "batch": "64 + 64",
        "rounds": rounds,
        "steps": steps,
        "source_only_ms": round(1000 * median(floors), 2) if floors else None,
        "ratios": {
            method: [round(x, 3) for x in (median(own), min(own), max(own))]
            for method, own in ratios.items()
        },
    }


def save(path: Path, measured: dict[str, Any]) -> None:
    """Write a measurement as JSON, one method a line."""
    ratios = measured["ratios"]
    lines = ",\n".join(f"    {json.dumps(m)}: {json.dumps(ratios[m])}" for m in sorted(ratios))
    head = json.dumps({k: v for k, v in measured.items() if k != "ratios"}, indent=2)
    write(path, head.removesuffix("\n}") + f',\n  "ratios": {{\n{lines}\n  }}\n}}\n')


def _build(method: str, extra: Sequence[str] = (), steps: int = STEPS) -> DomainAdaptationCLI:
    (run,) = Benchmark("speed", "digits", [method], ["fonts->uci"], seeds=[0], extra=extra).runs()
    run.config["trainer"] |= {"max_steps": steps + 2, "accelerator": "cpu"}
    return build(run)
