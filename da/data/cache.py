"""Decoded images on disk: an epoch costs the memory bus, not the decoder."""

import hashlib
import json
import shutil
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import __version__ as pillow
from torch import Tensor

from da.data.contents import THREADS, digests, progress
from da.data.files import cache_root, locked, replacing
from da.data.images import ImageFiles, decode
from da.data.samples import Stored


class CachedImages(Stored):
    """Images of one size in one file, mapped to memory: a read is a view and copies nothing.

    What changes an image of it must return another and leave this one as it is.

    Args:
        path: An ``.npy`` file ``(n, size, size, channels)`` of uint8.
        positions: Which of its images these are, in order.
    """

    def __init__(self, path: Path, positions: Sequence[int] | NDArray[np.int64]) -> None:
        self.path = path
        self.positions = np.asarray(positions, dtype=np.int64)
        self.pixels = _map(path)

    def __len__(self) -> int:
        return len(self.positions)

    def select(self, positions: Sequence[int]) -> "CachedImages":
        return CachedImages(self.path, self.positions[np.asarray(positions, dtype=np.int64)])

    def digest(self) -> str:
        # the file's name is a digest of what is in it
        chosen = self.path.stem.encode() + self.positions.tobytes()
        return hashlib.sha256(chosen).hexdigest()

    def read(self, position: int) -> Tensor:
        # channels last in memory: a crop reads its own rows, and resizes are fastest on it
        return self.pixels[self.positions[position]].permute(2, 0, 1)

    def __reduce__(self) -> tuple[Any, ...]:
        return CachedImages, (self.path, self.positions)


def cached(files: ImageFiles, folder: Path | None = None) -> CachedImages:
    """Return the images from the cache, after decoding them into it if they are not there.

    The cache is found by the content of the files and by all that their preparation depends on. It
    is written whole or not at all; of several processes, one builds it and the others wait.

    Args:
        files: The images.
        folder: Where caches are kept; the folder ``images`` of the cache root by default.

    Raises:
        ValueError: If an image cannot be read, the folder cannot be written, or has no room.
    """
    folder = folder or cache_root() / "images"
    contents = digests(files.root, files.names)
    preparation = {"size": files.size, "channels": files.channels, "decoder": pillow}
    key = hashlib.sha256(json.dumps([preparation, contents]).encode()).hexdigest()[:32]
    path = folder / f"{key}.npy"
    if not path.is_file():
        try:
            with locked(path.with_suffix(".lock")):
                if not path.is_file():
                    _build(files, contents, path)
        except OSError as error:
            raise ValueError(
                f"images cannot be cached in {folder} ({error}); name a folder that can be written "
                f"in DA_CACHE_ROOT, or set cache to false"
            ) from error
    return CachedImages(path, range(len(files)))


def _build(files: ImageFiles, contents: Sequence[str], path: Path) -> None:
    shape = (len(files), files.size, files.size, files.channels)
    needed, free = int(np.prod(shape)), shutil.disk_usage(path.parent).free
    if needed > free:
        raise ValueError(
            f"the cache of {len(files):,} images needs {needed / 1e9:.1f} GB and {path.parent} has "
            f"{free / 1e9:.1f} GB left; set DA_CACHE_ROOT to a larger disk, or cache to false"
        )

    def prepare(position: int) -> np.ndarray:
        name = files.path(position)
        content = name.read_bytes()
        if hashlib.sha256(content).hexdigest() != contents[position]:
            raise ValueError(f"{name} changed while it was being cached; start again")
        return decode(name, files.size, files.channels, content)

    with replacing(path, alone=True) as file, ThreadPoolExecutor(THREADS) as pool:
        header = {"descr": "|u1", "fortran_order": False, "shape": shape}
        np.lib.format.write_array_header_1_0(file, header)
        # a few at a time: threads must not decode far ahead of the disk
        images = (
            image
            for start in range(0, len(files), 256)
            for image in pool.map(prepare, range(start, min(start + 256, len(files))))
        )
        for image in progress(images, f"caching {files.root.name}", len(files)):
            file.write(image.data)


def _map(path: Path) -> Tensor:
    try:
        # private: nobody can write into the file through the tensor
        pixels = np.load(path, mmap_mode="c")
    except (OSError, ValueError) as error:
        raise ValueError(
            f"the cache {path} is missing or damaged; delete it, and it is built again"
        ) from error
    return torch.from_numpy(pixels)
