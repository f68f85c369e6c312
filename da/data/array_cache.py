"""Built arrays on disk, so that they are built once and not in every process."""

import contextlib
import hashlib
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from da.acquisition.checksums import digest
from da.data.files import cache_root, replacing

Arrays = Mapping[str, NDArray]


def cached(name: str, recipe: object, build: Callable[[], Arrays]) -> Arrays:
    """Return arrays from disk, or build them and put them there.

    Args:
        name: Start of the file's name, for those who look into the folder.
        recipe: All that the arrays depend on; its ``repr`` tells them from others.
        build: Makes them.

    Returns:
        The arrays by name. A file that is not what was written is built again.
    """
    key = hashlib.sha256(repr(recipe).encode()).hexdigest()[:16]
    path = cache_root() / "arrays" / f"{name}-{key}.npz"
    seal = path.with_suffix(".sha256")
    if path.is_file() and seal.is_file() and seal.read_text() == digest(path):
        with np.load(path, allow_pickle=False) as file:
            return dict(file)
    arrays = build()
    # without room or rights on the disk the arrays are still good
    with contextlib.suppress(OSError):
        with replacing(path) as file:
            np.savez(file, allow_pickle=False, **arrays)
        with replacing(seal) as file:
            file.write(digest(path).encode())
    return arrays


def states(*paths: Path) -> list[tuple[str, int, int]]:
    """Return where files are, their sizes and times of change, for a recipe that reads them."""
    return [(str(p.resolve()), (s := p.stat()).st_size, s.st_mtime_ns) for p in paths]
