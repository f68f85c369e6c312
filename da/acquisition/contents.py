"""How many samples a file holds, read from the file itself."""

import bz2
import gzip
import re
import struct
import tarfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import IO

from da.acquisition.manifest import File

CHUNK = 1 << 20


def count(path: Path, file: File) -> dict[str, int]:
    """Count the samples of a file by domain or split.

    Args:
        path: The file.
        file: Its entry in the manifest, which names format and splits.

    Raises:
        ValueError: If the file cannot be read as what it should be.
    """
    if not file.format:
        return {}
    try:
        return FORMATS[file.format](path, file)
    except ImportError:
        raise
    except Exception as error:  # there is nothing that a damaged file cannot make a reader raise
        reason = " ".join(str(error).split()) or type(error).__name__
        raise ValueError(f"{path} is corrupt: it cannot be read as {file.format} ({reason})") from (
            error
        )


def _idx(path: Path, file: File) -> dict[str, int]:
    """The idx format of MNIST: a magic number, the number of axes, the size of each."""
    with _open(path) as stream:
        _, kind, axes, size = struct.unpack(">HBBI", stream.read(8))
    if kind != 8 or axes not in (1, 3):
        raise ValueError(f"its header names type {kind} and {axes} axes")
    return dict.fromkeys(file.counts, size)


def _lines(path: Path, file: File) -> dict[str, int]:
    """Text with one sample a line, packed or not, alone or as members of an archive."""
    if file.at:
        return _in_members(path, file.at, lambda text: len(text.splitlines()))
    with _open(path) as stream:
        lines = sum(chunk.count(b"\n") for chunk in iter(lambda: stream.read(CHUNK), b""))
    return dict.fromkeys(file.counts, lines)


def _reviews(path: Path, file: File) -> dict[str, int]:
    """Blitzer's reviews: members of an archive, each with many <review_text>."""
    return _in_members(path, file.at, lambda text: len(re.findall(rb"<review_text>", text)))


def _hdf5(path: Path, file: File) -> dict[str, int]:
    import h5py

    with h5py.File(path) as opened:
        return {split: len(opened[where[0]]) for split, where in file.at.items()}


def _npz(path: Path, file: File) -> dict[str, int]:
    import numpy as np

    with np.load(path, allow_pickle=False) as arrays:
        return {split: len(arrays[split]) for split in file.counts}


def _mat(path: Path, file: File) -> dict[str, int]:
    """MATLAB: only the headers of the variables are read."""
    from scipy.io import whosmat

    shapes = {name: shape for name, shape, _ in whosmat(path)}
    return {split: max(shapes[where[0]]) for split, where in file.at.items()}


def _in_members(
    path: Path, at: Mapping[str, list[str]], samples: Callable[[bytes], int]
) -> dict[str, int]:
    wanted = {member: key for key, members in at.items() for member in members}
    counts = dict.fromkeys(at, 0)
    with tarfile.open(path) as archive:
        for member in archive:
            key = wanted.get(member.name.removeprefix("./"))
            stream = archive.extractfile(member) if key is not None else None
            if key is not None and stream is not None:
                counts[key] += samples(stream.read())
    return counts


def _open(path: Path) -> gzip.GzipFile | bz2.BZ2File | IO[bytes]:
    """Open a file that may be packed, whatever its name says."""
    with path.open("rb") as stream:
        magic = stream.read(3)
    if magic[:2] == b"\x1f\x8b":
        return gzip.open(path)
    return bz2.open(path) if magic == b"BZh" else path.open("rb")


FORMATS: dict[str, Callable[[Path, File], dict[str, int]]] = {
    "idx": _idx,
    "lines": _lines,
    "list": _lines,
    "reviews": _reviews,
    "h5": _hdf5,
    "npz": _npz,
    "mat": _mat,
}
