"""What a training step costs, as a ratio to the bare loop that does only what it must."""

import time
from collections.abc import Callable
from functools import partial
from itertools import pairwise
from statistics import median
from typing import Any

import torch
import torch.nn.functional as F
from pytorch_lightning import Callback, LightningModule, Trainer
from torch import Tensor

from da.cli import quiet
from da.data import Digits
from da.data.feed import Feed
from da.methods import DAN, DANN, DeepCORAL, DomainAdaptation, SourceOnly
from da.schedules import sigmoid_ramp

WARM_UP, STEPS = 10, 60
Times = list[float]


class Clock(Callback):
    """Note when each step starts, so that all between two starts is counted."""

    def __init__(self) -> None:
        self.starts: list[float] = []

    def on_train_batch_start(
        self, trainer: Trainer, pl_module: LightningModule, batch: Any, batch_idx: int
    ) -> None:
        self.starts.append(time.perf_counter())


class ReverseGradient(torch.autograd.Function):
    """Gradient reversal as one would write it in a script."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, weight: float) -> Tensor:
        ctx.weight = weight
        return x.view_as(x)

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor, None]:
        return -ctx.weight * gradients[0], None


def bare_dann(model: DANN, task: Digits) -> Times:
    """Train DANN in a plain loop: the same networks and images, indexed from float tensors.

    It has no random shifts, no schedule of the learning rate, no logging and no checks.

    Args:
        model: The method, of which only the three networks are used.
        task: The images.
    """
    data = task.training_data
    source, target = (
        Feed(samples.inputs, pixels=task.pixels)(torch.arange(len(samples)))
        for samples in (data.source_train, data.target_adapt)
    )
    labels, n = data.source_train.labels, task.batch_size
    optimizer = torch.optim.Adam(model.parameters(), lr=0.003)
    starts = []
    for step in range(STEPS):
        starts.append(time.perf_counter())
        chosen = torch.randint(len(source), (n,))
        inputs = torch.cat([source[chosen], target[torch.randint(len(target), (n,))]])
        features = model.backbone(inputs)
        loss = F.cross_entropy(model.classifier(features[:n]), labels[chosen])
        logits = model.discriminator(ReverseGradient.apply(features, sigmoid_ramp(step / STEPS)))
        loss = loss + (F.softplus(-logits[:n]).mean() + F.softplus(logits[n:]).mean()) / 2
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return _steps(starts)


def lightning(model: DomainAdaptation, task: Digits) -> Times:
    """Train as the benchmark does, data and logging included."""
    clock = Clock()
    trainer = Trainer(
        accelerator="cpu",
        max_steps=STEPS,
        max_epochs=-1,
        limit_val_batches=0,
        logger=False,
        enable_checkpointing=False,
        enable_progress_bar=False,
        enable_model_summary=False,
        callbacks=[clock],
    )
    trainer.fit(model, task)
    return _steps(clock.starts)


def measure(rounds: int = 9) -> dict[str, Times]:
    """Time all contestants round by round, on one thread, so that all meet the same machine.

    Args:
        rounds: Rounds of 60 steps each; at least 1.

    Returns:
        The median milliseconds of a step in each round, by contestant.
    """
    quiet()
    torch.set_num_threads(1)
    task = Digits("fonts", "uci", shift=2)
    small: dict[str, Any] = {"num_classes": 10}
    dann = partial(DANN, width=100, depth=1, **small)
    contestants: dict[str, Callable[[], Times]] = {
        "bare loop (DANN)": lambda: bare_dann(dann(), task),
        "DANN": lambda: lightning(dann(), task),
        "source-only": lambda: lightning(SourceOnly(**small), task),
        "Deep CORAL": lambda: lightning(DeepCORAL(**small), task),
        "DAN": lambda: lightning(DAN(**small), task),
    }
    times: dict[str, Times] = {name: [] for name in contestants}
    for _ in range(rounds):
        for name, run in contestants.items():
            times[name].append(median(run()))
    return times


def report(rounds: int = 9) -> str:
    """Measure and return a table of medians and ratios."""
    times = measure(rounds)
    bare, floor = times["bare loop (DANN)"], times["source-only"]
    lines = [
        f"One training step, batch 64+64, one thread; medians of {rounds} rounds of {STEPS} steps",
        f"{'':18}{'ms':>8}{'/ bare':>9}{'/ source-only':>15}",
    ]
    for name, own in times.items():
        against_bare = median(a / b for a, b in zip(own, bare, strict=True))
        against_floor = median(a / b for a, b in zip(own, floor, strict=True))
        lines.append(f"{name:18}{median(own):8.2f}{against_bare:9.3f}{against_floor:15.3f}")
    return "\n".join(lines)


def _steps(starts: list[float]) -> Times:
    return [1000 * (b - a) for a, b in pairwise(starts[WARM_UP:])]
