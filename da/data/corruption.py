"""Targets that are seen worse than they are: turned, noisy, blurred or faint."""

from dataclasses import replace
from math import ceil
from typing import Literal

import torch
from jaxtyping import Float, UInt8
from torch import Tensor
from torchvision.transforms.v2.functional import (
    InterpolationMode,
    adjust_contrast,
    gaussian_blur,
    rotate,
)

from da.data.samples import Domain, Inputs, Samples
from da.data.scenarios import Scenario, Scene, even, in_memory
from da.data.splits import rank

Kind = Literal["rotation", "noise", "blur", "contrast"]

ANGLES = (0, 15, 30, 45, 60)  # degrees, counter-clockwise
NOISE = (0.0, 0.08, 0.12, 0.18, 0.26)  # standard deviation, of pixels in [0, 1]
CONTRAST = (1.0, 0.4, 0.3, 0.2, 0.1)  # share of the distance from the mean that is left
BLUR = 1 / 56  # standard deviation for each step of severity, of the image's height
CHUNK = 1024  # images that are changed at a time, as floats


class Corruption(Scenario):
    """The target's inputs are corrupted, those that are adapted to and those that are scored.

    "noise" and "contrast" have the strengths of severities 1 to 4 in Hendrycks and Dietterich,
    *Benchmarking Neural Network Robustness to Common Corruptions and Perturbations*, ICLR 2019
    (https://arxiv.org/abs/1903.12261; .08, .12, .18, .26 and .4, .3, .2, .1), with the contrast
    taken about the mean luma. "blur" is Gaussian like theirs, whose widths are for 224 pixels;
    here it is 1/56 of the height for each step: 0.5, 1, 1.5 and 2 pixels of 28. "rotation" turns
    by 15 degrees for each step, as Ghifary et al., *Domain Generalization for Object Recognition
    with Multi-task Autoencoders*, ICCV 2015, turned MNIST. https://arxiv.org/abs/1508.07680

    Tables know "noise" alone: Gaussian, in each feature with a standard deviation of severity / 4
    times that of the feature over the target's training pool. The noise of a sample depends on its
    id alone and is the same at all severities, but for its strength.

    Args:
        severity: 0, which leaves the target as it is, to 4.
        kind: What happens to the inputs; by default images turn and tables get noise.
    """

    def __init__(self, severity: int = 2, kind: Kind | None = None) -> None:
        if severity not in range(5):
            raise ValueError(f"a severity is 0, 1, 2, 3 or 4; got {severity=}")
        self.severity, self.kind = severity, kind

    def apply(self, source: Domain, target: Domain, num_classes: int) -> Scene:
        if self.severity == 0:
            return Scene(source, target, even(target))
        pool = in_memory(target.train)
        if pool.ndim != 4 and self.kind not in (None, "noise"):
            raise ValueError(
                f"features have no {self.kind}; choose the kind noise, or a data set of images"
            )
        scale = self.severity / 4 * pool.float().std(0, correction=0) if pool.ndim == 2 else None
        train = replace(target.train, inputs=self._corrupted(target.train, scale))
        test = target.test and replace(target.test, inputs=self._corrupted(target.test, scale))
        return Scene(source, Domain(train, test), even(target))

    def _corrupted(self, samples: Samples | Inputs, scale: Tensor | None) -> Tensor:
        inputs = in_memory(samples)
        if scale is not None:
            return inputs.float() + scale * _normal(samples.ids, inputs.shape[1:])
        parts = range(0, len(samples), CHUNK)
        return torch.cat(
            [self._images(inputs[i : i + CHUNK], samples.ids[i : i + CHUNK]) for i in parts]
        )

    def _images(
        self, images: UInt8[Tensor, "n c h w"], ids: tuple[str, ...]
    ) -> UInt8[Tensor, "n c h w"]:
        if self.kind in (None, "rotation"):
            return rotate(images, ANGLES[self.severity], InterpolationMode.BILINEAR)
        if self.kind == "contrast":
            return adjust_contrast(images, CONTRAST[self.severity])
        if self.kind == "blur":
            sigma = self.severity * BLUR * images.shape[2]
            return gaussian_blur(images, 2 * ceil(3 * sigma) + 1, sigma)
        noise = 255 * NOISE[self.severity] * _normal(ids, images.shape[1:])
        return (images + noise).round().clamp(0, 255).byte()


def _normal(ids: tuple[str, ...], shape: torch.Size) -> Float[Tensor, "n ..."]:
    """Return standard normal numbers for each id, which depend on it alone."""
    numbers = torch.empty(len(ids), *shape)
    for row, name in zip(numbers, ids, strict=True):
        row.normal_(generator=torch.Generator().manual_seed(rank(name, "corruption") >> 1))
    return numbers
