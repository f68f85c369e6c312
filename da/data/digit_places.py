"""Where each of the five digit data sets lies, and how it is read from there."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import NamedTuple

from da.acquisition import file, locate, tree
from da.data import mnist_m
from da.data.digit_files import LabeledImages, hdf5, libsvm, matlab, mnist, zip_text
from da.data.drawing import Side


class Distribution(NamedTuple):
    """One side of a domain as it is distributed.

    Attributes:
        paths: The files and folders that it is read from.
        read: Reads it from these.
    """

    paths: tuple[Path, ...]
    read: Callable[..., LabeledImages]


def distribution(name: str, side: Side, root: str | None = None, crops: int = 0) -> Distribution:
    """Return where one side of a domain lies and how it is read; its files are verified.

    Args:
        name: Name of the domain.
        side: The side.
        root: Data root.
        crops: Seed of the crops of photographs, where they are drawn anew.

    Raises:
        FileNotFoundError: If something is missing; the sentence says how to get it.
        ValueError: If a file is corrupt.
    """
    match name:
        case "mnist":
            return Distribution(_mnist(side, root), mnist)
        case "usps":
            path = file("usps", "usps.bz2" if side == "train" else "usps.t.bz2", root)
            return Distribution((path,), libsvm)
        case "usps-raw":
            return _usps_raw(side, root)
        case "mnist-m":
            return _mnist_m(side, root)
        case "mnist-m-fresh":
            paths = (*_mnist(side, root), tree("bsds500", "train", root))
            return Distribution(paths, partial(mnist_m.fresh, side, crops))
        case "mnist-m-sample":
            return Distribution(_mnist(side, root), partial(mnist_m.fresh, side, crops))
        case "svhn":
            return Distribution((file("svhn", f"{side}_32x32.mat", root),), matlab)
        case _:
            return Distribution((file("syn-digits", f"synth_{side}_32x32.mat", root),), matlab)


def _mnist(side: Side, root: str | None) -> tuple[Path, Path]:
    start = "train" if side == "train" else "t10k"
    return (
        file("mnist", f"{start}-images-idx3-ubyte.gz", root),
        file("mnist", f"{start}-labels-idx1-ubyte.gz", root),
    )


def _usps_raw(side: Side, root: str | None) -> Distribution:
    """Prefer the text files where both are there: they need no further package."""
    if (locate("usps-raw", root) / f"zip.{side}.gz").is_file():
        return Distribution((file("usps-raw", f"zip.{side}.gz", root),), zip_text)
    return Distribution((file("usps-raw", "usps.h5", root),), partial(hdf5, side))


def _mnist_m(side: Side, root: str | None) -> Distribution:
    """Read the PNG files where they are; else rebuild them from the photographs."""
    labels = file("mnist-m", f"mnist_m_{side}_labels.txt", root)
    try:
        return Distribution((tree("mnist-m", side, root), labels), partial(mnist_m.read, side))
    except FileNotFoundError:
        patches = file("mnist-m", "mnist_m_patches.npz", root)
        paths = (patches, labels, _mnist(side, root)[0], tree("bsds500", "train", root))
        return Distribution(paths, partial(mnist_m.rebuild, side))
