"""Get a data set: download what is missing, verify it, put it in its place."""

import shutil
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Collection
from functools import partial
from pathlib import Path

from filelock import FileLock

from da.acquisition import checksums, contents
from da.acquisition.archives import extract
from da.acquisition.doctor import present
from da.acquisition.download import Report, fetch
from da.acquisition.findings import some
from da.acquisition.manifest import FOLDER, Archive, File, Manifest, Part, load
from da.acquisition.root import data_root, find, path_of, tree_of

Transfer = Callable[..., None]  # fetch, with patience and progress report chosen


def get(
    name: str,
    root: Path | str | None = None,
    *,
    parts: Collection[str] = (),
    manifests: Path = FOLDER,
    timeout: float = 30.0,
    pause: float = 1.0,
    report: Report = lambda what, done, total: None,
) -> list[str]:
    """Download what is missing of a data set; what is there and right is left alone.

    A second process waits until the first is done, and finds nothing left to do.

    Args:
        name: Name of the data set.
        root: Data root; see :func:`da.acquisition.root.data_root`.
        parts: Names of the parts to get; those that are needed by default.
        manifests: Folder with the manifests.
        timeout: Seconds without an answer after which a mirror is given up.
        pause: Seconds before a transfer that broke off is resumed.
        report: Told of progress.

    Returns:
        What no program can download: how to get it by hand.

    Raises:
        ConnectionError: If a file is on no mirror; the sentence says what was wrong with each.
        ValueError: If a part does not exist, or an archive is refused.
        OSError: If the files cannot be written.
    """
    manifest = load(name, manifests)
    there = {part.name for part in manifest.parts}
    if unknown := sorted(set(parts) - there):
        raise ValueError(f"{name!r} has no part {unknown[0]!r}; it has {some(sorted(there))}")
    folder = find(manifest, data_root(root)) or data_root(root) / manifest.folders[0]
    folder.mkdir(parents=True, exist_ok=True)
    transfer = partial(fetch, timeout=timeout, pause=pause, report=report)
    by_hand: list[str] = []
    with FileLock(folder / ".lock"):
        for part in _chosen(manifest, parts, folder):
            manual = " ".join((part.manual or manifest.manual).split())
            try:
                left = _get_part(part, folder, transfer, report)
            except ConnectionError as error:
                raise ConnectionError(f"{error}; {manual}" if manual else str(error)) from error
            if left:
                by_hand.append(f"{some(left)}: {manual or 'no mirror of it is known'}")
    return by_hand


def _get_part(part: Part, folder: Path, transfer: Transfer, report: Report) -> list[str]:
    """Download what is missing of a part; return what cannot be downloaded."""
    missing = [f for f in part.files if not _right(f, folder)]
    for file in missing:
        if file.sources:
            sizes = () if file.members else {v.size for v in file.versions if v.size}
            transfer(file.sources, folder / file.path, _check(file), sizes=sizes)
        elif file.pack:
            _pack(file, folder / file.path, transfer)
    for archive in part.archives:
        if not (folder / archive.into).exists():
            _unpack(archive, folder, transfer, report)
    left = [f.path for f in missing if not (f.sources or f.pack)]
    return left + [t.paths[0] for t in part.trees if tree_of(t, folder) is None]


def _chosen(manifest: Manifest, parts: Collection[str], folder: Path) -> list[Part]:
    """Return the parts to get: those asked for, or those without which nothing can be read."""
    if parts:
        return [part for part in manifest.parts if part.name in parts]
    if not manifest.any_part:
        return [part for part in manifest.parts if not part.optional]
    order = [p for p in manifest.parts if p.downloads] or list(manifest.parts)
    return sorted(order, key=lambda part: not present(part, folder))[:1]


def _right(file: File, folder: Path) -> bool:
    path = path_of(file, folder)
    try:
        return path is not None and bool(checksums.verify(path, file) or True)
    except ValueError:
        return False


def _check(file: File) -> Callable[[Path], None]:
    """Return what tells a received file from the right one."""

    def check(path: Path) -> None:
        try:
            checksums.verify(path, file)
            if not (file.versions or file.members) and contents.count(path, file) != file.counts:
                raise ValueError
        except ValueError as error:
            raise ValueError(
                f"its {path.stat().st_size:,} bytes are no known version of {file.path}"
            ) from error

    return check


def _pack(file: File, target: Path, transfer: Transfer) -> None:
    """Download the members of an archive one by one and pack them."""
    scratch = target.with_name(f".{target.name}.members")
    for name, url in file.pack.items():
        path = scratch / name
        known = file.members[name]

        def check(path: Path, known: str = known) -> None:
            if checksums.digest(path) != known:
                raise ValueError(f"its {path.stat().st_size:,} bytes have another checksum")

        if not path.is_file():
            transfer([url], path, check)
    part = target.with_name(target.name + ".part")
    with tarfile.open(part, "w:gz") as archive:
        for name in file.pack:
            archive.add(scratch / name, name)
    _check(file)(part)
    part.replace(target)
    shutil.rmtree(scratch)


def _unpack(archive: Archive, folder: Path, transfer: Transfer, report: Report) -> None:
    """Download an archive and extract it; it is deleted when its content is in place."""
    path = folder / archive.name

    def check(path: Path) -> None:
        if archive.versions and checksums.matching(path, archive.versions) is None:
            raise ValueError(f"its {path.stat().st_size:,} bytes are no known version of it")
        if not archive.versions and not _is_archive(path):
            raise ValueError(f"its {path.stat().st_size:,} bytes are no archive")

    if not path.is_file():
        sizes = {v.size for v in archive.versions if v.size}
        transfer(archive.sources, path, check, sizes=sizes)
    extract(
        path,
        folder / archive.into,
        expanded=archive.expanded,
        inside=archive.inside,
        report=report,
    )
    path.unlink()


def _is_archive(path: Path) -> bool:
    try:
        return zipfile.is_zipfile(path) or tarfile.is_tarfile(path)
    except (OSError, EOFError, zlib.error):  # packed, but torn
        return False
