"""Batches by index: a pure function of the step, made here or by workers."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import torch
from torch import Tensor
from torch.utils.data import DataLoader, Dataset

from da.batch import Batch
from da.data.contents import THREADS
from da.data.feed import SYMMETRIC, Feed, Pixels, Transform
from da.data.order import Balanced, Order, Repeated, Shuffled
from da.data.samples import Inputs, Samples
from da.streams import stream_seed


class PairedBatches:
    """Endless batches of a labelled and an unlabelled domain, a pure function of the step.

    Args:
        source: Labelled samples to train on.
        target: Unlabelled samples to adapt to.
        batch_size: Samples in a batch, of each domain.
        seed: Seed of the run.
        steps: Batches in one pass of the iterator.
        strata: ``(n,)`` what each source batch holds equal shares of, such as classes.
        repeat: Let target samples repeat within a batch where there are fewer than it holds.
        shift: Largest random shift of images in memory, in pixels.
        transform: Changes one image, of either domain unless the source has its own.
        source_transform: Changes one image of the source.
        strong: Makes a second view of each target image: the batch has ``target_strong``.
        workers: Processes that make batches ahead, where samples are read from files.
        device: Where samples in memory are kept and the batches end up.
        pixels: What images are standardized with.
    """

    def __init__(
        self,
        source: Samples,
        target: Inputs,
        batch_size: int,
        seed: int,
        steps: int,
        *,
        strata: Tensor | None = None,
        repeat: bool = False,
        shift: int = 0,
        transform: Transform | None = None,
        source_transform: Transform | None = None,
        strong: Transform | None = None,
        workers: int = 0,
        device: str | torch.device = "cpu",
        pixels: Pixels = SYMMETRIC,
    ) -> None:
        self.seed, self.steps, self.step = seed, steps, 0
        self.source_order: Order = (
            Shuffled(len(source), batch_size, "src_order", seed, "the source")
            if strata is None
            else Balanced(strata, batch_size, "src_order", seed)
        )
        self.target_order: Order = (
            Repeated(len(target), batch_size, "tgt_order", seed)
            if repeat and 0 < len(target) < batch_size
            else Shuffled(len(target), batch_size, "tgt_order", seed, "the target")
        )
        self.labels = source.labels
        self.source = Feed(source.inputs, source_transform or transform, shift, device, pixels)
        self.target = Feed(target.inputs, transform, shift, device, pixels)
        self.strong = Feed(target.inputs, strong, 0, device, pixels) if strong else None
        self.workers = workers if self.source.reads or self.target.reads else 0

    def __len__(self) -> int:
        return self.steps

    def __iter__(self) -> Iterator[Batch]:
        steps = range(self.step, self.step + self.steps)
        for fetched in _ahead(self.fetch, steps, self.workers):
            self.step += 1
            yield self.finish(fetched)

    def batch(self, step: int) -> Batch:
        """Return the batch of one step."""
        return self.finish(self.fetch(step))

    def fetch(self, step: int) -> dict[str, Tensor]:
        """Return the batch of one step as bytes, where it was read."""
        chosen, adapted = self.source_order(step), self.target_order(step)
        augmented = stream_seed("tgt_aug", self.seed, step)
        batch = {
            "source": self.source.fetch(chosen, stream_seed("src_aug", self.seed, step)),
            "labels": self.labels[chosen],
            "target": self.target.fetch(adapted, augmented),
        }
        if self.strong:
            batch["target_strong"] = self.strong.fetch(adapted, augmented)
        return batch

    def finish(self, fetched: dict[str, Tensor]) -> Batch:
        """Return a fetched batch as network inputs."""
        labels = fetched["labels"].to(self.source.device)
        batch: Batch = {
            "source": (self.source.finish(fetched["source"]), labels),
            "target": self.target.finish(fetched["target"]),
        }
        if self.strong:
            batch["target_strong"] = self.strong.finish(fetched["target_strong"])
        return batch

    def state_dict(self) -> dict[str, int]:
        return {"step": self.step}

    def load_state_dict(self, state: dict[str, int]) -> None:
        self.step = state["step"]


class EvaluationBatches:
    """All samples once, in order, as ``(inputs, labels)`` or, without labels, as ``inputs``.

    Args:
        samples: What to evaluate.
        batch_size: Samples in a batch.
        transform: Changes one image.
        workers: Processes that read ahead, where samples are read from files.
        device: Where the batches end up.
        pixels: What images are standardized with.
    """

    def __init__(
        self,
        samples: Samples | Inputs,
        batch_size: int,
        *,
        transform: Transform | None = None,
        workers: int = 0,
        device: str | torch.device = "cpu",
        pixels: Pixels = SYMMETRIC,
    ) -> None:
        self.feed = Feed(samples.inputs, transform, 0, device, pixels)
        self.labels = samples.labels.to(device) if isinstance(samples, Samples) else None
        self.ids, self.batch_size = samples.ids, batch_size
        self.workers = workers if self.feed.reads else 0

    def __len__(self) -> int:
        return -(-len(self.ids) // self.batch_size)

    def __iter__(self) -> Iterator[Tensor | tuple[Tensor, Tensor]]:
        positions = torch.arange(len(self.ids)).split(self.batch_size)
        for index, fetched in zip(
            positions, _ahead(self.feed.fetch, positions, self.workers), strict=True
        ):
            inputs = self.feed.finish(fetched)
            yield inputs if self.labels is None else (inputs, self.labels[index.to(inputs.device)])


class _Calls(Dataset):
    """The results of a function as a data set, so that workers can call it."""

    def __init__(self, function: Callable[[Any], Any], arguments: Sequence[Any]) -> None:
        self.function, self.arguments = function, arguments

    def __len__(self) -> int:
        return len(self.arguments)

    def __getitem__(self, position: int) -> Any:
        return self.function(self.arguments[position])


def _ahead(function: Callable[[Any], Any], arguments: Sequence[Any], workers: int) -> Iterator[Any]:
    """Call a function on each argument, in order; ahead of time in workers if there are any.

    There are no more of them than cores; what they read does not depend on how many they are.
    """
    if workers == 0:
        return map(function, arguments)
    return iter(
        DataLoader(
            _Calls(function, arguments),
            batch_size=None,
            num_workers=min(workers, THREADS),
            pin_memory=torch.cuda.is_available(),
        )
    )
