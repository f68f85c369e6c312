"""From stored samples to network inputs: gather, transform, standardize."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from da.data.samples import Stored

#: From one uint8 image ``(c, h, w)`` to another, never in place; draws from torch's global
#: generator.
#: The parser takes ``Any`` for what a class's instances return, but a class for the class itself.
Transform = Callable[[Tensor], Any]


@dataclass(frozen=True)
class Pixels:
    """What images are standardized with, as shares of the largest value that a pixel can have.

    Args:
        mean: Subtracted from pixels; one for all channels, or one for each.
        std: What they are divided by after that, above 0; likewise.

    Raises:
        ValueError: If a standard deviation is not positive.
    """

    mean: float | tuple[float, ...]
    std: float | tuple[float, ...]

    def __post_init__(self) -> None:
        if not np.all(np.asarray(self.std) > 0):
            raise ValueError(f"pixels are divided by what is above 0; got std={self.std}")


#: Scales pixels to [-1, 1].
SYMMETRIC = Pixels(0.5, 0.5)

#: What networks pretrained on ImageNet expect.
IMAGENET = Pixels((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))


class Feed:
    """Turn samples into network inputs: gather, transform, standardize.

    ``fetch`` may run in a worker process and returns bytes; ``finish`` runs where the network is.

    Args:
        inputs: Images, uint8, or features; in memory or stored elsewhere.
        transform: Changes one image; its random numbers depend on the seed of the batch alone.
        shift: Largest random shift in pixels of images in memory; the border is repeated.
        device: Where samples in memory are kept and the batches end up.
        pixels: What images are standardized with.
    """

    def __init__(
        self,
        inputs: Tensor | Stored,
        transform: Transform | None = None,
        shift: int = 0,
        device: str | torch.device = "cpu",
        pixels: Pixels = SYMMETRIC,
    ) -> None:
        self.transform, self.device = transform, torch.device(device)
        self.inputs = inputs if isinstance(inputs, Stored) else Memory(inputs, shift, self.device)
        # Numbers where they serve, which is faster than tensors of one number.
        mean, std = np.asarray(pixels.mean), np.asarray(pixels.std)
        self.scale, self.offset = (
            float(x)
            if x.ndim == 0
            else torch.tensor(x, dtype=torch.float32, device=device).view(-1, 1, 1)
            for x in (255 * std, mean / std)
        )

    @property
    def reads(self) -> bool:
        """Whether samples are read when they are needed, which is what workers are for."""
        return isinstance(self.inputs, Stored)

    def __call__(self, index: Tensor, seed: int | None = None) -> Tensor:
        """Return network inputs of the samples at these positions.

        Args:
            index: Positions.
            seed: Seed of the random shift and of the transform; without one, images in memory are
                centred.
        """
        return self.finish(self.fetch(index, seed))

    def fetch(self, index: Tensor, seed: int | None = None) -> Tensor:
        """Return images as bytes, or features, of the samples at these positions."""
        samples: Tensor | list[Tensor]
        if isinstance(self.inputs, Stored):
            samples = [self.inputs.read(i) for i in index.tolist()]
        else:
            samples = self.inputs(index, seed)
        if self.transform is not None and len(samples):
            with torch.random.fork_rng(devices=[]):
                torch.manual_seed(0 if seed is None else seed)
                samples = [self.transform(sample) for sample in samples]
        return samples if isinstance(samples, Tensor) else _stack(samples)

    def finish(self, samples: Tensor) -> Tensor:
        """Return a fetched batch as float, on the device, standardized if it holds images."""
        samples = samples.to(self.device, non_blocking=True)
        if samples.ndim != 4:
            return samples.float() if samples.dtype == torch.uint8 else samples
        images = samples.float()
        scale, offset = self.scale, self.offset
        rows = images.permute(0, 2, 3, 1)
        if isinstance(scale, Tensor) and isinstance(offset, Tensor) and rows.is_contiguous():
            # whole rows at a time: with channels last, three numbers would be a loop of their own
            scale, offset = (x.flatten().repeat(images.shape[3]) for x in (scale, offset))
            rows.flatten(2).div_(scale).sub_(offset)
            return images
        return images.div_(scale).sub_(offset)


class Memory:
    """Gather samples in memory, images shifted at random.

    Args:
        inputs: ``(n, c, h, w)`` uint8 images or ``(n, d)`` features.
        shift: Largest random shift of images in pixels, in each direction.
        device: Where the samples are kept.
    """

    def __init__(self, inputs: Tensor, shift: int, device: torch.device) -> None:
        self.is_image = inputs.ndim == 4
        self.shift = shift if self.is_image else 0
        inputs = inputs.to(device)
        if self.is_image:
            channels, height, width = inputs.shape[1:]
            if self.shift:
                # the border repeated by index: padding by torch would need four times the memory
                rows, columns = (
                    torch.arange(-self.shift, n + self.shift, device=device).clamp(0, n - 1)
                    for n in (height, width)
                )
                inputs = inputs[:, :, rows[:, None], columns]
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

    def __call__(self, index: Tensor, seed: int | None = None) -> Tensor:
        if self.is_image:
            offset = torch.full((2, len(index)), self.shift)
            if seed is not None and self.shift:
                rng = torch.Generator().manual_seed(seed)
                offset = torch.randint(2 * self.shift + 1, (2, len(index)), generator=rng)
            index = index * self.size + offset[0] * self.row + offset[1] * self.pixel
        # index_select copies whole stretches, where inputs[index] would go pixel by pixel
        samples = self.inputs.index_select(0, index.to(self.inputs.device))
        return samples.permute(0, 3, 1, 2) if self.is_image else samples


def _stack(samples: list[Tensor]) -> Tensor:
    """Stack samples that must have one size.

    Raises:
        ValueError: If they have several.
    """
    shapes = {tuple(sample.shape) for sample in samples}
    if len(shapes) > 1:
        raise ValueError(
            f"the images of a batch have several sizes, such as {sorted(shapes)[:2]}; "
            f"choose a transform that makes them equal, such as da.data.Resize"
        )
    rows = [sample.movedim(0, -1) for sample in samples]
    if all(row.is_contiguous() for row in rows):
        # channels last, as they lie in memory: images are copied whole
        return torch.stack(rows).movedim(-1, 1)
    return torch.stack(samples)
