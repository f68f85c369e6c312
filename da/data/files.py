"""Files that are written whole or not at all, and the folder for what can be made again."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from filelock import FileLock


def cache_root() -> Path:
    """Return the folder for what can be made again: DA_CACHE_ROOT, else ``~/.cache/da``."""
    default = Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache") / "da"
    return Path(os.environ.get("DA_CACHE_ROOT") or default).expanduser()


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold a lock between processes; it goes with the process that holds it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(path):
        yield


@contextmanager
def replacing(path: Path, *, alone: bool = False) -> Iterator[IO[bytes]]:
    """Write a file that appears when all of it is on the disk; its folder is made.

    Args:
        path: The file.
        alone: Whether a lock keeps other writers away. Then what a killed process left half written
            is overwritten; else each process writes under a name of its own.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{'part' if alone else os.getpid()}")
    try:
        with temporary.open("w+b") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)
