"""Digit-Five: MNIST, USPS, MNIST-M, SVHN and SynDigits, the real digits of the field."""

from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

import numpy as np
import torch
from numpy.typing import NDArray
from torchvision.transforms.v2 import InterpolationMode
from torchvision.transforms.v2.functional import resize

from da.data.array_cache import cached, states
from da.data.base import TransferTask
from da.data.digit_places import Distribution, distribution
from da.data.drawing import Side
from da.data.feed import Transform
from da.data.samples import Domain, Samples
from da.data.transforms import Strong

Fit = Literal["resize", "margin"]
Interpolation = Literal["bilinear", "bicubic"]

CHUNK = 4096  # images that are prepared at once

#: Training and test digits of each domain, as distributed.
SIZES = {
    "mnist": (60_000, 10_000),
    "usps": (7_291, 2_007),
    "usps-raw": (7_291, 2_007),
    "mnist-m": (59_001, 9_001),
    "mnist-m-fresh": (60_000, 10_000),
    "mnist-m-sample": (60_000, 10_000),
    "svhn": (73_257, 26_032),
    "syn": (479_400, 9_553),
}


class Digit5(TransferTask):
    """The ten digits in five data sets, with the training and test samples of each as published.

    Peng et al., *Moment Matching for Multi-Source Domain Adaptation*, ICCV 2019, call them
    Digit-Five; they draw 25,000 training and 9,000 test samples, this takes all.
    https://arxiv.org/abs/1812.01754

    - ``mnist``: 60,000 train, 10,000 test; 28x28 grey.
    - ``usps``: 7,291 train, 2,007 test; 16x16 grey, smoothed: the LIBSVM files, as torchvision
      reads them.
    - ``usps-raw``: the same digits not smoothed; the two must not meet in one table.
    - ``mnist-m``: 59,001 train, 9,001 test; 32x32 colour. The official images: from their PNG
      files, or rebuilt from MNIST and BSDS500 and compared with the official sha256.
    - ``mnist-m-fresh``: 60,000 train, 10,000 test; other crops of BSDS500 behind all of MNIST.
    - ``mnist-m-sample``: the same with the two photographs that scikit-learn ships.
    - ``svhn``: 73,257 train, 26,032 test; 32x32 colour.
    - ``syn``: SynDigits, 479,400 train, 9,553 test; 32x32 colour.

    MNIST-M in all forms shows the digits of MNIST, training digits in training images: between the
    two, protocols that score the training pool score digits that were seen with their labels.

    Files are looked for below the data root and never downloaded or written there; prepared images
    are kept in ``DA_CACHE_ROOT``, by default ``~/.cache/da``.

    Args:
        source: Name of the labelled domain.
        target: Name of the unlabelled domain.
        size: Height and width of the images, 28 or 32.
        channels: 1 makes colours grey (ITU-R 601 luma), 3 repeats grey.
        fit: How 28 and 32 pixels become each other: "resize" like all sizes, or by a "margin" of
            two pixels on each side, which is added in black or cut off. MNIST-M shows the digits of
            MNIST inside such a margin: resized, they are an eighth smaller than those of MNIST.
        interpolation: How images are resized, antialiased as Pillow does it.
        root: Data root; by default DA_DATA_ROOT, else ``data``.
        crops: Seed of the crops of photographs in ``mnist-m-fresh`` and ``mnist-m-sample``.
        **kwargs: See :class:`TransferTask`.

    Raises:
        ValueError: If a domain does not exist or the seed is negative.
    """

    domains = tuple(SIZES)
    num_classes = 10
    reads_files = True

    def __init__(
        self,
        source: str,
        target: str,
        size: Literal[28, 32] = 28,
        channels: Literal[1, 3] = 3,
        fit: Fit = "resize",
        interpolation: Interpolation = "bilinear",
        root: str | None = None,
        crops: int = 0,
        **kwargs: Any,
    ) -> None:
        super().__init__(source, target, **kwargs)
        if crops < 0:
            raise ValueError(f"the seed of the crops is not negative; got {crops=}")
        self.size, self.in_channels = size, channels
        self.form = Form(size, channels, fit, interpolation)
        self.root, self.crops = root, crops

    def default_strong(self) -> Transform:
        return Strong(self.size, flip=False)

    def domain(self, name: str) -> Domain:
        """Return one domain, prepared; kept for the next call.

        Raises:
            FileNotFoundError: If it is not below the data root; the sentence says how to get it.
            ValueError: If it does not exist, or a file is not what it should be.
        """
        self._check_domain(name)
        crops = self.crops if name in ("mnist-m-fresh", "mnist-m-sample") else 0
        return _build(name, self.root, self.form, crops)


@dataclass(frozen=True)
class Form:
    """What every image is made into.

    Attributes:
        size: Height and width.
        channels: Number of channels, 1 or 3.
        fit: How 28 and 32 pixels become each other.
        interpolation: How images are resized.
    """

    size: int
    channels: int
    fit: Fit = "resize"
    interpolation: Interpolation = "bilinear"


@cache
def _build(name: str, root: str | None, form: Form, crops: int) -> Domain:
    sides: tuple[Side, Side] = ("train", "test")
    # both are found before either is read, which may take a while
    found = [distribution(name, side, root, crops) for side in sides]
    train, test = (
        _samples(name, side, one, form, crops) for side, one in zip(sides, found, strict=True)
    )
    return Domain(train, test)


def _samples(name: str, side: Side, distributed: Distribution, form: Form, crops: int) -> Samples:
    def build() -> dict[str, NDArray]:
        images, labels = distributed.read(*distributed.paths)
        expected = SIZES[name][side == "test"]
        if len(images) != expected or len(labels) != expected:
            raise ValueError(
                f"the {side} side of {name} has {expected:,} digits; got {len(images):,} images "
                f"and {len(labels):,} labels from {distributed.paths[0]}; get it again"
            )
        return {"images": prepare(images, form), "labels": labels}

    recipe = ("2", name, side, form, crops, states(*distributed.paths))
    arrays = cached(f"{name}-{side}-{form.size}x{form.channels}", recipe, build)
    ids = tuple(f"{name}-{side}-{i:05d}" for i in range(len(arrays["labels"])))
    images = torch.from_numpy(arrays["images"]).permute(0, 3, 1, 2)
    return Samples(images, torch.from_numpy(arrays["labels"]), ids)


def prepare(images: NDArray[np.uint8], form: Form) -> NDArray[np.uint8]:
    """Give images of shape ``(n, h, w, c)``, with 1 or 3 channels, one form."""
    size, margin = form.size, form.fit == "margin"
    result = np.empty((len(images), size, size, form.channels), np.uint8)
    for start in range(0, len(images), CHUNK):
        part = images[start : start + CHUNK]
        if part.shape[3] > form.channels:
            part = _luma(part)
        if margin and (part.shape[1], size) == (28, 32):
            part = np.pad(part, ((0, 0), (2, 2), (2, 2), (0, 0)))
        if margin and (part.shape[1], size) == (32, 28):
            part = part[:, 2:-2, 2:-2]
        if part.shape[1] != size:
            planes = torch.tensor(part).permute(0, 3, 1, 2)
            by = InterpolationMode(form.interpolation)
            part = resize(planes, [size, size], by, antialias=True).permute(0, 2, 3, 1).numpy()
        result[start : start + CHUNK] = part
    return result


def _luma(colours: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return the luma of ITU-R BT.601 in integers, rounded as Pillow does."""
    red, green, blue = np.moveaxis(colours.astype(np.uint32), 3, 0)
    return ((19595 * red + 38470 * green + 7471 * blue + 32768) >> 16).astype(np.uint8)[..., None]
