"""Built arrays on disk, so that they are built once and not in every process."""

import contextlib
import hashlib
import os
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from da.data.acquisition.checksums import digest

Arrays = Mapping[str, NDArray]


def cache_root() -> Path:
    """Return the folder of all that can be made again: DA_CACHE_ROOT, else ``~/.cache/da``."""
    return Path(os.environ.get("DA_CACHE_ROOT") or "~/.cache/da").expanduser()


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
        _write(path, lambda p: _save(p, arrays))
        _write(seal, lambda p: p.write_text(digest(path)))
    return arrays


def states(*paths: Path) -> list[tuple[str, int, int]]:
    """Return where files are, their sizes and times of change, for a recipe that reads them."""
    return [(str(p.resolve()), (s := p.stat()).st_size, s.st_mtime_ns) for p in paths]


def _save(path: Path, arrays: Arrays) -> None:
    with path.open("wb") as file:
        np.savez(file, allow_pickle=False, **arrays)
        file.flush()
        os.fsync(file.fileno())


def _write(path: Path, write: Callable[[Path], object]) -> None:
    """Write a file whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        write(temporary)
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)
