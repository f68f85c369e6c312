"""How fast batches are made, as a multiple of how fast training takes them."""

import time
from collections.abc import Callable, Sequence
from functools import partial
from statistics import median
from typing import Any, NamedTuple

import torch

from da.backbones import DigitCNN
from da.benchmark.speed import lightning
from da.cli import quiet
from da.data import Digits, TransferTask
from da.data.loaders import PairedBatches
from da.methods import DANN, DomainAdaptation, SourceOnly

BATCHES = 300  # of each round


class Throughput(NamedTuple):
    """One feed and one method that is trained from it.

    Attributes:
        feed: What makes the batches.
        batches: Batches a second that it makes when nobody trains.
        method: What is trained.
        steps: Training steps a second, batches included.
    """

    feed: str
    batches: float
    method: str
    steps: float

    @property
    def ratio(self) -> float:
        """How many steps' batches are made in the time of one step."""
        return self.batches / self.steps


def digits(rounds: int = 5) -> list[Throughput]:
    """Measure digits in memory, as in the suite of embedded digits, on one thread.

    Args:
        rounds: Rounds, in each of which all is measured once; at least 1.

    Returns:
        The medians of the rounds, by method.
    """
    quiet()
    torch.set_num_threads(1)
    task = Digits("fonts", "uci", shift=2)
    options: dict[str, Any] = {"num_classes": task.num_classes, "backbone": DigitCNN}
    methods: dict[str, Callable[[], DomainAdaptation]] = {
        "source-only": partial(SourceOnly, **options),
        "DANN": partial(DANN, width=100, depth=1, **options),
    }
    made: list[float] = []
    taken: dict[str, list[float]] = {name: [] for name in methods}
    for _ in range(rounds):
        made.append(batches_per_second(task))
        for name, method in methods.items():
            taken[name].append(1000 / median(lightning(method(), task)))
    return [
        Throughput("digits in memory, 64 + 64", median(made), name, median(steps))
        for name, steps in taken.items()
    ]


def batches_per_second(task: TransferTask) -> float:
    """Return how many training batches of a task are made in a second when nobody trains."""
    data = task.training_data
    feed = PairedBatches(
        data.source_train,
        data.target_adapt,
        task.batch_size,
        task.seed,
        BATCHES,
        shift=task.shift,
        pixels=task.pixels,
    )
    feed.batch(0)  # what is done once
    start = time.perf_counter()
    for _ in feed:
        pass
    return BATCHES / (time.perf_counter() - start)


def table(measured: Sequence[Throughput]) -> str:
    """Return one line for each feed and method."""
    lines = [f"{'feed':32}{'batches/s':>11}  {'method':14}{'steps/s':>9}{'ratio':>8}"]
    lines += [
        f"{m.feed:32}{m.batches:11,.0f}  {m.method:14}{m.steps:9,.1f}{m.ratio:8.1f}"
        for m in measured
    ]
    return "\n".join(lines)
