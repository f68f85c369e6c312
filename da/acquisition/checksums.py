"""Is a file what it should be: size, digest, and the tables of digests of many images."""

import hashlib
import tarfile
import zlib
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path

from da.acquisition.manifest import File, Version

CHUNK = 1 << 20
PREFIX = 8  # hexadecimal digits of sha256 in a table: a chance hit is one in four billion

# What was verified in this process, by path, size and time of change.
_verified: dict[tuple[Path, int, int], Version | None] = {}


def digest(path: Path, algorithm: str = "sha256", advance: Callable[[int], object] = int) -> str:
    """Return the hexadecimal digest of a file; ``advance`` is told the bytes as they are read."""
    with path.open("rb") as stream:
        return _digest(stream.read, algorithm, advance)


def _digest(read: Callable[[int], bytes], algorithm: str, advance: Callable[[int], object]) -> str:
    state = hashlib.new(algorithm, usedforsecurity=False)
    while chunk := read(CHUNK):
        state.update(chunk)
        advance(len(chunk))
    return state.hexdigest()


def matching(path: Path, versions: Sequence[Version]) -> Version | None:
    """Return the version that a file is, or None; sizes are looked at before digests."""
    size = path.stat().st_size
    digests: dict[str, str] = {}
    for version in versions:
        if version.size not in (None, size):
            continue
        algorithm = "sha256" if version.sha256 else "md5"
        if algorithm not in digests:
            digests[algorithm] = digest(path, algorithm)
        if digests[algorithm] == (version.sha256 or version.md5):
            return version
    return None


def verify(path: Path, file: File) -> Version | None:
    """Check a file against all that is known of it, once for each state of the file.

    Args:
        path: The file.
        file: What the manifest knows.

    Returns:
        The version that the file is; None if none is known or it was packed anew.

    Raises:
        ValueError: If the file is none of the known versions.
    """
    state = path.stat()
    key = (path.resolve(), state.st_size, state.st_mtime_ns)
    if key not in _verified:
        found = matching(path, file.versions)
        known = bool(file.versions or file.members)
        if known and found is None and not _same_members(path, file.members):
            sizes = " or ".join(f"{v.size:,}" for v in file.versions if v.size is not None)
            wanted = f", which should have {sizes} bytes" if sizes else ""
            raise ValueError(
                f"{path} is corrupt: its {state.st_size:,} bytes are no known version of "
                f"{file.path}{wanted}; delete it and get it again"
            )
        _verified[key] = found
    return _verified[key]


def _same_members(path: Path, members: Mapping[str, str]) -> bool:
    """Whether an archive holds what it should, however it was packed."""
    missing = dict(members)
    try:
        with tarfile.open(path) as archive:
            for member in archive:
                name = member.name.removeprefix("./")
                stream = archive.extractfile(member) if name in missing else None
                if stream is not None and _digest(stream.read, "sha256", int) != missing.pop(name):
                    return False
    except (tarfile.TarError, OSError, EOFError, zlib.error):
        return False
    return bool(members) and not missing


@cache
def table(path: Path) -> Mapping[str, Mapping[str, str]]:
    """Read a table of checksums: for each folder, the start of the sha256 of each file.

    A line is a folder, the name of its first file and one digest for each file; the number in
    the name grows by one from file to file, and a gap starts a new line.
    """
    folders: dict[str, dict[str, str]] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        folder, first, *digests = line.split()
        stem, suffix = first.rsplit(".", 1)
        head = stem.rstrip("0123456789")
        number, width = int(stem[len(head) :]), len(stem) - len(head)
        files = folders.setdefault(folder, {})
        for offset, prefix in enumerate(digests):
            files[f"{head}{number + offset:0{width}}.{suffix}"] = prefix
    return folders
