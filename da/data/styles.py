"""What makes two domains look different: plain, on photographs, noisy, coloured."""

import numpy as np
import torch
from numpy.typing import NDArray
from scipy import ndimage

from da.data.drawing import SIDE, Drawings, Side, stream
from da.data.photographs import crops
from da.data.samples import Samples

GAIN = 0.7  # of a digit over a photograph; 1 leaves many illegible
BLURS = (0.0, 0.4, 0.7, 1.0)  # standard deviations in pixels


def plain(domain: str, side: Side, drawings: Drawings) -> Samples:
    """Leave the digits white on black."""
    return _samples(drawings, drawings.images[..., None].repeat(3, axis=3))


def on_photographs(domain: str, side: Side, drawings: Drawings) -> Samples:
    """Take the absolute difference of digit and photograph, in each colour, as MNIST-M does.

    Ganin et al., *Domain-Adversarial Training of Neural Networks*, JMLR 2016, Sec. 5.2.4.
    https://jmlr.org/papers/v17/15-239.html

    The photographs are other ones, and the digit counts 0.7 of its brightness.
    """
    photographs = crops(stream(domain, side, "photographs"), len(drawings.images), side)
    difference = photographs - np.float32(GAIN) * drawings.images[..., None]
    return _samples(drawings, np.abs(difference))


def noisy(domain: str, side: Side, drawings: Drawings) -> Samples:
    """Blur the digits, lower their contrast and add grey noise."""
    rng = stream(domain, side, "noise")
    size = len(drawings.images)
    contrast = rng.uniform(0.3, 0.6, (size, 1, 1)).astype(np.float32)
    black = rng.uniform(20, 90, (size, 1, 1)).astype(np.float32)
    blurred = ndimage.gaussian_filter(drawings.images.astype(np.float32), (0, 1.2, 1.2))
    grey = black + contrast * blurred + 22 * _normal(rng, (size, SIDE, SIDE))
    return _samples(drawings, grey[..., None].repeat(3, axis=3))


def coloured(domain: str, side: Side, drawings: Drawings) -> Samples:
    """Colour digit and ground by two gradients, blur and add noise, as SynDigits does.

    Ganin and Lempitsky, *Unsupervised Domain Adaptation by Backpropagation*, ICML 2015, Sec. 4.
    https://arxiv.org/abs/1409.7495
    """
    rng = stream(domain, side, "colours")
    size = len(drawings.images)
    ground = rng.uniform(0, 255, (size, 3))
    inks = rng.uniform(0, 255, (size, 16, 3))
    # the first ink that stands out from the ground; the 16th if none does
    distance = np.linalg.norm(inks - ground[:, None], axis=2)
    clear = distance > 130
    clear[:, -1] = True
    ink = inks[np.arange(size), clear.argmax(axis=1)]
    opacity = drawings.images[..., None].astype(np.float32) / 255
    colours = (1 - opacity) * _gradient(rng, ground) + opacity * _gradient(rng, ink)
    blur = rng.integers(len(BLURS), size=size)
    for b, sigma in enumerate(BLURS):
        if sigma:
            members = blur == b
            colours[members] = ndimage.gaussian_filter(colours[members], (0, sigma, sigma, 0))
    strength = rng.uniform(0, 22, (size, 1, 1, 1)).astype(np.float32)
    return _samples(drawings, colours + strength * _normal(rng, colours.shape))


def _gradient(rng: np.random.Generator, colour: NDArray[np.float64]) -> NDArray[np.float32]:
    """Let each colour change along a random direction; shape ``(n, 28, 28, 3)``."""
    angle = rng.uniform(0, 2 * np.pi, len(colour)).astype(np.float32)[:, None, None]
    across = np.linspace(-0.5, 0.5, SIDE).astype(np.float32)
    along = np.cos(angle) * across + np.sin(angle) * across[:, None]
    change = rng.uniform(-90, 90, colour.shape).astype(np.float32)
    return (colour[:, None, None] + along[..., None] * change[:, None, None]).astype(np.float32)


def _normal(rng: np.random.Generator, shape: tuple[int, ...]) -> NDArray[np.float32]:
    return rng.standard_normal(shape, dtype=np.float32)


def _samples(drawings: Drawings, colours: NDArray) -> Samples:
    """Round and clip ``(n, 28, 28, 3)`` colours."""
    images = np.rint(np.clip(colours, 0, 255)).astype(np.uint8)
    return Samples(
        torch.from_numpy(np.ascontiguousarray(images.transpose(0, 3, 1, 2))),
        torch.from_numpy(drawings.labels),
        drawings.ids,
    )
