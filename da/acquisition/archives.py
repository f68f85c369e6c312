"""Extract an archive from outside: nothing leaves its folder, nothing is more than expected."""

import os
import shutil
import stat
import tarfile
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import IO, NamedTuple

from da.acquisition.download import Report

CHUNK = 1 << 20
RATIO = 250  # images hardly shrink, text shrinks tenfold, bombs a thousandfold
MEMBERS = 2_000_000


class Member(NamedTuple):
    """One file of an archive; ``stream`` is None for a folder."""

    name: str
    size: int
    stream: IO[bytes] | None


def extract(
    archive: Path,
    target: Path,
    *,
    expanded: int,
    inside: str = ".",
    report: Report = lambda what, done, total: None,
) -> None:
    """Extract a tar or zip archive, and move one folder of it into place once all is there.

    Args:
        archive: The archive.
        target: What the folder ``inside`` becomes; must not exist.
        expanded: Bytes that the content may have in all.
        inside: Folder within the archive; "." for all of it.
        report: Told how many bytes were written.

    Raises:
        FileExistsError: If the target exists.
        ValueError: If a member has a path outside the folder, is a link or a device, is larger
            than it says or than is expected, if the archive is damaged, or has no such folder.
    """
    if target.exists():
        raise FileExistsError(f"{target} exists; move it away to extract {archive.name} there")
    target.parent.mkdir(parents=True, exist_ok=True)
    for left in target.parent.glob(f".{target.name}.extracting-*"):  # by a process that was killed
        shutil.rmtree(left)
    scratch = Path(tempfile.mkdtemp(prefix=f".{target.name}.extracting-", dir=target.parent))
    try:
        limit = min(expanded, RATIO * archive.stat().st_size)
        _extract_all(archive, scratch, limit, report)
        wanted = scratch / inside
        if not wanted.is_dir():
            there = ", ".join(sorted(p.name for p in scratch.iterdir())[:5])
            raise ValueError(f"{archive.name} has no folder {inside!r}; it has {there}")
        wanted.chmod(0o755)  # mkdtemp makes it private
        os.replace(wanted, target)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _extract_all(archive: Path, folder: Path, limit: int, report: Report) -> None:
    written = 0
    try:
        for number, member in enumerate(_members(archive, limit)):
            path = folder / _safe(member.name, archive)
            if number >= MEMBERS:
                raise ValueError(f"{archive.name} is refused: more than {MEMBERS:,} members")
            if written + member.size > limit:
                raise ValueError(_bomb(archive, limit))
            if member.stream is None:
                path.mkdir(parents=True, exist_ok=True)
                continue
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("wb") as output:
                while chunk := member.stream.read(CHUNK):
                    written += len(chunk)
                    if written > limit:
                        raise ValueError(_bomb(archive, limit))
                    output.write(chunk)
            report(f"extracting {archive.name}", written, 0)
    except (tarfile.TarError, zipfile.BadZipFile, EOFError, zlib.error, RuntimeError) as error:
        raise ValueError(f"{archive.name} is damaged: {error}") from error
    except OSError as error:
        if error.filename is not None:
            raise  # our disk
        raise ValueError(f"{archive.name} is damaged: {error}") from error


def _members(archive: Path, limit: int) -> Iterator[Member]:
    """Yield the files and folders of an archive; ValueError for whatever else is in it."""
    if zipfile.is_zipfile(archive):
        with zipfile.ZipFile(archive) as opened:
            for info in opened.infolist():
                kind = stat.S_IFMT(info.external_attr >> 16)
                if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
                    raise ValueError(_strange(archive, info.filename))
                if info.is_dir():
                    yield Member(info.filename, 0, None)
                else:
                    with opened.open(info) as stream:
                        yield Member(info.filename, info.file_size, stream)
    elif tarfile.is_tarfile(archive):
        with tarfile.open(archive) as tar:
            for entry in tar:
                if entry.isdir():
                    yield Member(entry.name, 0, None)
                elif entry.isreg() and not entry.issparse():
                    yield Member(entry.name, entry.size, tar.extractfile(entry))
                else:
                    raise ValueError(_strange(archive, entry.name))
            # tarfile stops at the last member; the checksum of what packs it comes after that.
            rest = 0
            while tar.fileobj is not None and (chunk := tar.fileobj.read(CHUNK)):
                rest += len(chunk)
                if rest > limit:
                    raise ValueError(_bomb(archive, limit))
    else:
        raise ValueError(f"{archive.name} is neither a tar nor a zip archive")


def _safe(name: str, archive: Path) -> PurePosixPath:
    """Return the path of a member if it stays within the folder on every system."""
    path, windows = PurePosixPath(name), PureWindowsPath(name)
    if path.is_absolute() or windows.drive or windows.root or "\0" in name:
        raise ValueError(f"{archive.name} is refused: its member {name!r} has an absolute path")
    if ".." in windows.parts:
        raise ValueError(f"{archive.name} is refused: its member {name!r} leaves the folder")
    return path


def _strange(archive: Path, name: str) -> str:
    return f"{archive.name} is refused: its member {name!r} is a link or a device"


def _bomb(archive: Path, limit: int) -> str:
    return (
        f"{archive.name} is refused: it expands to more than the {limit:,} bytes that are expected"
    )
