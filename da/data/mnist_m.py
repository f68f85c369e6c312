"""MNIST-M: the official images, read or rebuilt, and freshly made ones.

Ganin et al., *Domain-Adversarial Training of Neural Networks*, JMLR 2016, Sec. 5.2.4.
https://jmlr.org/papers/v17/15-239.html
"""

import hashlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from da.data.digit_files import LabeledImages, idx, mnist
from da.data.drawing import Side, stream
from da.data.photographs import columns, photographs
from da.data.splits import rank

SIDE = 32  # pixels

# Sha256 of the official images of each side, (n, 32, 32, 3) bytes in the order of their names.
OFFICIAL = {
    "train": "3c689850ded80df111260294d02c79ee0a6e602a9fd634c4e08e1339628f8d33",
    "test": "47415b066fe8a39de3f0e86f65a72d4c4078f1e2557a388ca0a7cfd8dfe90b14",
}


def read(side: Side, folder: Path, labels: Path) -> LabeledImages:
    """Read the official PNG files of one side.

    Args:
        side: The side.
        folder: Where the PNG files are.
        labels: Text file of lines ``name label``.

    Raises:
        FileNotFoundError: If an image is missing.
        ValueError: If the images are not the official ones.
    """
    names, digits = _labels(labels)
    images = np.empty((len(names), SIDE, SIDE, 3), np.uint8)
    for image, name in zip(images, names, strict=True):
        with Image.open(folder / name) as file:
            image[:] = np.asarray(file.convert("RGB"))
    if (found := hashlib.sha256(images.tobytes()).hexdigest()) != OFFICIAL[side]:
        raise ValueError(
            f"the images in {folder} are not the official MNIST-M (sha256 {found[:8]}, not "
            f"{OFFICIAL[side][:8]}); get them again, or choose the domain mnist-m-fresh"
        )
    return LabeledImages(images, digits)


def rebuild(
    side: Side, patches: Path, labels: Path, digits: Path, photographs: Path
) -> LabeledImages:
    """Rebuild one side of the official MNIST-M, pixel for pixel.

    Image i is a crop of a photograph of BSDS500, inverted where digit i of MNIST is not black.

    Args:
        side: The side.
        patches: NPZ file: the names ``photos``; for each image of a side its photograph, row and
            column.
        labels: Text file of lines ``name label``.
        digits: The images of MNIST of that side.
        photographs: The folder of the 200 training photographs of BSDS500.

    Raises:
        ValueError: If the images are not the official ones.
    """
    with np.load(patches) as table:
        names, places = table["photos"].tolist(), table[side].astype(np.int64)
    images = _crops([_photograph(photographs / name) for name in names], places)
    images ^= np.where(_padded(idx(digits)[: len(images)]) > 0, np.uint8(255), np.uint8(0))
    if (found := hashlib.sha256(images.tobytes()).hexdigest()) != OFFICIAL[side]:
        raise ValueError(
            f"MNIST-M rebuilt from {patches} and {photographs} is not the official one (sha256 "
            f"{found[:8]}, not {OFFICIAL[side][:8]}), as happens when Pillow decodes JPEG without "
            f"libjpeg-turbo; put the official PNG files beside {patches.name}, or choose the "
            f"domain mnist-m-fresh"
        )
    return LabeledImages(images, _labels(labels)[1])


def fresh(
    side: Side, seed: int, images: Path, labels: Path, folder: Path | None = None
) -> LabeledImages:
    """Make an MNIST-M anew: the absolute difference of digit and photograph, in each colour.

    Unlike the official one it holds all digits of MNIST, mixes their grey levels, and takes the
    backgrounds of the two sides from different photographs.

    Args:
        side: The side.
        seed: Seed of the crops.
        images: The images of MNIST of that side.
        labels: Their labels.
        folder: Where the JPEG photographs are; None for the two that scikit-learn ships.
    """
    digits = mnist(images, labels)
    pictures = _sample(side) if folder is None else _share(side, folder)
    rng = stream(f"mnist-m-fresh-{seed}", side, "crops")
    which = rng.integers(len(pictures), size=len(digits.labels))
    room = np.array([p.shape[:2] for p in pictures])[which] - SIDE + 1
    crops = _crops(pictures, np.column_stack([which, rng.integers(room)]))
    ink = _padded(digits.images[..., 0])
    return LabeledImages(np.maximum(crops, ink) - np.minimum(crops, ink), digits.labels)


def _crops(pictures: Sequence[NDArray[np.uint8]], places: NDArray[np.int64]) -> NDArray[np.uint8]:
    """Cut ``(n, 32, 32, 3)`` crops; a place is a picture, a row and a column."""
    crops = np.empty((len(places), SIDE, SIDE, 3), np.uint8)
    for crop, (picture, row, column) in zip(crops, places.tolist(), strict=True):
        crop[:] = pictures[picture][row : row + SIDE, column : column + SIDE]
    return crops


def _padded(digits: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Centre ``(n, 28, 28)`` digits on black ``(n, 32, 32, 1)``."""
    return np.pad(digits, ((0, 0), (2, 2), (2, 2)))[..., None]


def _labels(path: Path) -> tuple[list[str], NDArray[np.int64]]:
    names, labels = zip(*(line.split() for line in path.read_text().splitlines()), strict=True)
    return list(names), np.array(labels, np.int64)


def _photograph(path: Path) -> NDArray[np.uint8]:
    with Image.open(path) as file:
        return np.asarray(file.convert("RGB"))


def _share(side: Side, folder: Path) -> list[NDArray[np.uint8]]:
    """Return the photographs of one side: a quarter of them are for test."""
    paths = sorted(folder.glob("*.jpg"), key=lambda path: rank(path.name, "mnist-m-fresh"))
    cut = len(paths) // 4
    return [_photograph(p) for p in (paths[:cut] if side == "test" else paths[cut:])]


def _sample(side: Side) -> list[NDArray[np.uint8]]:
    return [p[:, slice(*columns(p.shape[1], side))] for p in photographs()]
