"""The files in which digits are distributed, read as their publishers mean them."""

import bz2
import gzip
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from da.data.drawing import Side


class LabeledImages(NamedTuple):
    """Digits as they are distributed, before any preparation.

    Attributes:
        images: ``(n, h, w, c)`` uint8.
        labels: ``(n,)`` int64, the digit itself.
    """

    images: NDArray[np.uint8]
    labels: NDArray[np.int64]


def idx(path: Path) -> NDArray[np.uint8]:
    """Read bytes in the gzipped IDX format of MNIST.

    LeCun et al., *The MNIST Database of Handwritten Digits*. http://yann.lecun.com/exdb/mnist/

    It is read where it is: torchvision's reader unpacks it beside the original.

    Raises:
        ValueError: If the file holds something else.
    """
    content = gzip.decompress(path.read_bytes())
    axes = content[3] if len(content) > 3 else 0
    shape = tuple(np.frombuffer(content[4 : 4 + 4 * axes], ">u4").tolist())
    if content[:3] != b"\0\0\x08" or len(content) != 4 + 4 * axes + int(np.prod(shape)):
        raise ValueError(f"{path} is not an IDX file of bytes; get it again")
    return np.frombuffer(content, np.uint8, offset=4 + 4 * axes).reshape(shape)


def mnist(images: Path, labels: Path) -> LabeledImages:
    """Read one side of MNIST: 28x28."""
    return LabeledImages(idx(images)[..., None], idx(labels).astype(np.int64))


def libsvm(path: Path) -> LabeledImages:
    """Read one side of USPS as LIBSVM smoothed and scaled it: 16x16.

    The bytes are those of ``torchvision.datasets.USPS``, which cuts the fraction of a grey level
    off; this takes a tenth of its time.
    """
    lines = bz2.decompress(path.read_bytes()).decode("ascii").splitlines()
    values = _numbers(path, (line.replace(":", " ") for line in lines), 1 + 2 * 256)
    pixels = values[:, 2::2].astype(np.float32)
    return _square(((pixels + 1) / 2 * 255).astype(np.uint8), values[:, 0] - 1)


def zip_text(path: Path) -> LabeledImages:
    """Read one side of USPS as it was scanned, in the text files of a textbook: 16x16.

    Hastie, Tibshirani and Friedman, *The Elements of Statistical Learning*, 2009.
    https://hastie.su.domains/ElemStatLearn/data.html
    """
    lines = gzip.decompress(path.read_bytes()).decode("ascii").splitlines()
    values = _numbers(path, lines, 1 + 256)
    return _square(np.rint((values[:, 1:] + 1) / 2 * 255).astype(np.uint8), values[:, 0])


def hdf5(side: Side, path: Path) -> LabeledImages:
    """Read one side of USPS as it was scanned, from the groups of ``usps.h5``: 16x16.

    Raises:
        ImportError: If h5py is not installed.
    """
    try:
        import h5py
    except ImportError as error:
        raise ImportError(
            f"{path} is read with h5py, which is not installed; pip install h5py, or put "
            f"zip.train.gz and zip.test.gz beside it"
        ) from error
    with h5py.File(path, "r") as content:
        values, labels = content[f"{side}/data"][:], content[f"{side}/target"][:]
    return _square(np.rint(values * 255).astype(np.uint8), labels)


def matlab(path: Path) -> LabeledImages:
    """Read one side of SVHN, or of SynDigits in the same format: 32x32 colours.

    Netzer et al., *Reading Digits in Natural Images with Unsupervised Feature Learning*, NIPS
    Workshops 2011. http://ufldl.stanford.edu/housenumbers/

    The label 10 stands for the digit 0.
    """
    from scipy.io import loadmat  # slow to import

    content = loadmat(path, variable_names=("X", "y"))
    labels = content["y"].ravel().astype(np.int64) % 10
    return LabeledImages(np.ascontiguousarray(content["X"].transpose(3, 0, 1, 2)), labels)


def _numbers(path: Path, lines: Iterable[str], columns: int) -> NDArray[np.float64]:
    """Read numbers between spaces, so many in a line."""
    try:
        rows = [np.array(line.split(), np.float64) for line in lines]
        return np.stack(rows).reshape(-1, columns)
    except ValueError as error:
        raise ValueError(
            f"{path} does not have {columns} numbers in each line; get it again"
        ) from error


def _square(pixels: NDArray[np.uint8], labels: NDArray) -> LabeledImages:
    return LabeledImages(pixels.reshape(-1, 16, 16, 1), labels.astype(np.int64))
