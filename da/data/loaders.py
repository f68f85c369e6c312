"""Batches of in-memory samples by index: no worker, no collation, no state but the step."""

from collections.abc import Iterator
from typing import NamedTuple

import torch
from torch import Tensor

from da.batch import Batch
from da.data.samples import Inputs, Samples
from da.streams import Stream, generator


class Order:
    """Positions of a shuffled domain, batch after batch; each epoch is a new permutation.

    Args:
        size: Number of samples.
        batch_size: Samples in a batch; the last, incomplete one of an epoch is left out.
        stream: Random stream of the permutations.
        seed: Seed of the run.
        name: What the samples are, for the error message.

    Raises:
        ValueError: If the domain holds less than one batch.
    """

    def __init__(self, size: int, batch_size: int, stream: Stream, seed: int, name: str) -> None:
        if size < batch_size:
            raise ValueError(
                f"a batch of {batch_size} is larger than {name}, which has {size} training "
                f"samples; choose a batch size of at most {size}"
            )
        self.size, self.batch_size, self.stream, self.seed = size, batch_size, stream, seed
        self.epoch, self.permutation = -1, torch.empty(0, dtype=torch.long)

    def __call__(self, step: int) -> Tensor:
        """Return the positions of the batch at this step."""
        epoch, place = divmod(step, self.size // self.batch_size)
        if epoch != self.epoch:
            rng = generator(self.stream, self.seed, epoch)
            self.epoch, self.permutation = epoch, torch.randperm(self.size, generator=rng)
        return self.permutation[place * self.batch_size :][: self.batch_size]


class Pixels(NamedTuple):
    """Mean and standard deviation of the pixels of a data set, as shares of the largest value."""

    mean: float
    std: float


#: Scales pixels to [-1, 1].
SYMMETRIC = Pixels(0.5, 0.5)


class Images:
    """Turn stored samples into network inputs: gather, shift at random, standardize.

    Args:
        inputs: ``(n, c, h, w)`` uint8 images, or float features, which pass unchanged.
        shift: Largest random shift in pixels, in each direction; the border is repeated.
        device: Where the samples are kept and the batches are made.
        pixels: What images are standardized with.
    """

    def __init__(
        self,
        inputs: Tensor,
        shift: int = 0,
        device: str | torch.device = "cpu",
        pixels: Pixels = SYMMETRIC,
    ) -> None:
        self.pixels = pixels
        self.is_image = inputs.dtype == torch.uint8
        self.shift = shift if self.is_image else 0
        inputs = inputs.to(device)
        if self.is_image:
            channels, height, width = inputs.shape[1:]
            pad = [self.shift] * 4
            inputs = torch.nn.functional.pad(inputs.float(), pad, mode="replicate").byte()
            # Channels last, as convolutions on a CPU and on tensor cores want them.
            inputs = inputs.permute(0, 2, 3, 1).contiguous()
            self.pixel, self.row = channels, channels * inputs.shape[2]
            self.size = inputs.shape[1:].numel()
            # One stretch of memory from every value on, read as an image: an image shifted by
            # (y, x) starts y rows and x pixels later, so a batch is one gather of whole stretches.
            end = 2 * self.shift * (self.row + self.pixel)
            inputs = torch.nn.functional.pad(inputs.flatten(), (0, end))
            stretches = inputs.unfold(0, self.size, 1).unflatten(
                1, (-1, self.row // channels, channels)
            )
            inputs = stretches[:, :height, :width]
        self.inputs = inputs

    def __call__(self, index: Tensor, rng: torch.Generator | None = None) -> Tensor:
        """Return the samples at these positions; shifted if a generator is given.

        Without a generator the images are centred, whatever the shift.
        """
        if self.is_image:
            offset = torch.full((2, len(index)), self.shift)
            if rng is not None and self.shift:
                offset = torch.randint(2 * self.shift + 1, (2, len(index)), generator=rng)
            index = index * self.size + offset[0] * self.row + offset[1] * self.pixel
        # index_select copies whole stretches, where inputs[index] would go pixel by pixel
        samples = self.inputs.index_select(0, index.to(self.inputs.device))
        if not self.is_image:
            return samples
        mean, std = self.pixels
        return samples.permute(0, 3, 1, 2).float().div_(255 * std).sub_(mean / std)


class PairedBatches:
    """Endless batches of a labelled and an unlabelled domain, a pure function of the step.

    Args:
        source: Labelled samples to train on.
        target: Unlabelled samples to adapt to.
        batch_size: Samples in a batch, of each domain.
        seed: Seed of the run.
        steps: Batches in one pass of the iterator.
        shift: Largest random shift of images in pixels.
        device: Where the samples are kept and the batches are made.
        pixels: What images are standardized with.
    """

    def __init__(
        self,
        source: Samples,
        target: Inputs,
        batch_size: int,
        seed: int,
        steps: int,
        shift: int = 0,
        device: str | torch.device = "cpu",
        pixels: Pixels = SYMMETRIC,
    ) -> None:
        self.seed, self.steps, self.step = seed, steps, 0
        self.source_order = Order(len(source), batch_size, "src_order", seed, "the source")
        self.target_order = Order(len(target), batch_size, "tgt_order", seed, "the target")
        self.source = Images(source.inputs, shift, device, pixels)
        self.labels = source.labels.to(device)
        self.target = Images(target.inputs, shift, device, pixels)

    def __len__(self) -> int:
        return self.steps

    def __iter__(self) -> Iterator[Batch]:
        for _ in range(self.steps):
            step, self.step = self.step, self.step + 1
            yield self.batch(step)

    def batch(self, step: int) -> Batch:
        """Return the batch of one step."""
        chosen = self.source_order(step)
        return {
            "source": (
                self.source(chosen, generator("src_aug", self.seed, step)),
                self.labels[chosen.to(self.labels.device)],
            ),
            "target": self.target(self.target_order(step), generator("tgt_aug", self.seed, step)),
        }

    def state_dict(self) -> dict[str, int]:
        return {"step": self.step}

    def load_state_dict(self, state: dict[str, int]) -> None:
        self.step = state["step"]


class EvaluationBatches:
    """All samples once, in order, as ``(inputs, labels)`` or, without labels, as ``inputs``."""

    def __init__(
        self,
        samples: Samples | Inputs,
        batch_size: int,
        device: str | torch.device = "cpu",
        pixels: Pixels = SYMMETRIC,
    ) -> None:
        self.images = Images(samples.inputs, device=device, pixels=pixels)
        self.labels = samples.labels.to(device) if isinstance(samples, Samples) else None
        self.ids, self.batch_size = samples.ids, batch_size

    def __len__(self) -> int:
        return -(-len(self.ids) // self.batch_size)

    def __iter__(self) -> Iterator[Tensor | tuple[Tensor, Tensor]]:
        for index in torch.arange(len(self.ids)).split(self.batch_size):
            inputs = self.images(index)
            yield inputs if self.labels is None else (inputs, self.labels[index.to(inputs.device)])
