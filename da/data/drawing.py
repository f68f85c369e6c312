"""White digits on black, small random distortions of them, and the random numbers they are from."""

from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from da.data.splits import rank

Side = Literal["train", "test"]

SIDE = 28  # pixels of a finished image
PLATE = 3 * SIDE  # pixels of the larger plate it is distorted on, so that edges stay smooth


class Drawings(NamedTuple):
    """White digits on black, before any style.

    Attributes:
        images: ``(n, 28, 28)`` uint8.
        labels: ``(n,)`` int64.
        ids: Stable, unique names; what follows a ``#`` numbers the copies of one original.
    """

    images: NDArray[np.uint8]
    labels: NDArray[np.int64]
    ids: tuple[str, ...]


def stream(domain: str, side: Side, purpose: str) -> np.random.Generator:
    """Return the random numbers of one purpose, the same in every process."""
    return np.random.default_rng(rank(f"{domain}/{side}", purpose))


def affine(
    rng: np.random.Generator,
    size: int,
    *,
    rotation: float,
    scale: tuple[float, float],
    stretch: float,
    shear: float,
    shift: float,
) -> NDArray[np.float64]:
    """Draw affine maps about the centre of a plate, each parameter uniform.

    Args:
        rng: Where the numbers come from.
        size: Number of maps.
        rotation: Largest rotation in degrees, in both directions.
        scale: Smallest and largest scale.
        stretch: Largest relative change of the width alone.
        shear: Largest horizontal shear, as a share of the height.
        shift: Largest translation in pixels of the finished image.

    Returns:
        ``(size, 2, 3)`` maps from the pixels of the result to those of the plate.
    """
    angle = np.radians(rng.uniform(-rotation, rotation, size))
    height = rng.uniform(*scale, size)
    width = height * rng.uniform(1 - stretch, 1 + stretch, size)
    slant = rng.uniform(-shear, shear, size)
    move = rng.uniform(-shift, shift, (size, 2)) * (PLATE / SIDE)
    cos, sin, none = np.cos(angle), np.sin(angle), np.zeros(size)
    rotations = np.array([[cos, -sin], [sin, cos]]).transpose(2, 0, 1)
    shapes = np.array([[width, slant * height], [none, height]]).transpose(2, 0, 1)
    back = np.linalg.inv(rotations @ shapes)
    centre = np.full(2, PLATE / 2)
    origin = centre - np.einsum("nij,nj->ni", back, centre + move)
    return np.concatenate([back, origin[:, :, None]], axis=2)


def warp(plates: NDArray[np.uint8], maps: NDArray[np.float64] | None = None) -> NDArray[np.uint8]:
    """Distort ``(n, 84, 84)`` plates, each by its map, and reduce them to ``(n, 28, 28)``."""
    images = np.empty((len(plates), SIDE, SIDE), np.uint8)
    for i, plate in enumerate(plates):
        image = Image.fromarray(plate)
        if maps is not None:
            image = image.transform(
                (PLATE, PLATE),
                Image.Transform.AFFINE,
                maps[i].ravel().tolist(),
                Image.Resampling.BILINEAR,
            )
        images[i] = np.asarray(image.reduce(PLATE // SIDE))
    return images
