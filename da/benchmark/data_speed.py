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
from da.data import Digits, Office31, TransferTask
from da.data.feed import Feed
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


class Reading(NamedTuple):
    """Images a second that one worker makes ready for the network, from files and from the cache.

    Read, cropped at random, mirrored and stacked; what is left is done where the network is.
    """

    domain: str
    files: float
    cache: float

    @property
    def ratio(self) -> float:
        """How many times faster the cache is."""
        return self.cache / self.files


def images(batches: int = 8, rounds: int = 3) -> list[Reading]:
    """Measure Office-31 with and without its cache, on one thread.

    Args:
        batches: Batches of 32 images in each round.
        rounds: Rounds, in each of which all is measured once; at least 1.

    Returns:
        The medians of the rounds, by domain, and for one pass over all images of the three.

    Raises:
        FileNotFoundError: If Office-31 is not below the data root.
    """
    torch.set_num_threads(1)
    plain, cached = (Office31("amazon", "webcam", cache=cache) for cache in (False, True))
    readings = []
    for name in plain.domains:
        speeds = [
            median(images_per_second(task, name, batches) for _ in range(rounds))
            for task in (plain, cached)
        ]
        readings.append(Reading(name, *speeds))
    return [*readings, one_pass(readings, [len(plain.domain(r.domain).train) for r in readings])]


def one_pass(readings: Sequence[Reading], sizes: Sequence[int]) -> Reading:
    """Return images a second of one pass over all domains, in which slow ones take their time."""
    files, cache = (
        sum(sizes) / sum(n / speed for n, speed in zip(sizes, speeds, strict=True))
        for speeds in ([r.files for r in readings], [r.cache for r in readings])
    )
    return Reading("all", files, cache)


def images_per_second(task: TransferTask, domain: str, batches: int) -> float:
    """Return how many training images of a domain one worker makes ready in a second."""
    inputs = task.domain(domain).train.inputs
    feed = Feed(inputs, task.transform)
    order = torch.randperm(len(inputs), generator=torch.Generator().manual_seed(0))
    feed.fetch(order[:32], 0)  # what is done once
    start = time.perf_counter()
    for step in range(batches):
        feed.fetch(order[torch.arange(step * 32, step * 32 + 32) % len(order)], step)
    return 32 * batches / (time.perf_counter() - start)


def image_table(readings: Sequence[Reading]) -> str:
    """Return one line for each domain."""
    lines = [f"{'Office-31, images/s of a worker':32}{'files':>9}{'cache':>9}{'ratio':>8}"]
    lines += [f"{r.domain:32}{r.files:9,.0f}{r.cache:9,.0f}{r.ratio:8.1f}" for r in readings]
    return "\n".join(lines)


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
