"""What is in files: their digests, remembered, and who is a copy of whom."""

import hashlib
import json
import os
from collections import Counter
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from rich.console import Console
from rich.progress import track

from da.data.files import cache_root, locked, replacing

Item = TypeVar("Item")
THREADS = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def copies(root: Path, names: Sequence[str]) -> list[str]:
    """Name the samples that files are, so that copies of one file stay together in every split.

    Args:
        root: Folder of the files.
        names: Their paths below it.

    Returns:
        The path of each file; that of a copy follows a ``#`` behind the path of the first file
        with the same bytes. A ``#`` in a path is written ``%23``.
    """
    sizes = [(root / name).stat().st_size for name in names]
    alike = {size for size, n in Counter(sizes).items() if n > 1}
    suspects = [i for i, size in enumerate(sizes) if size in alike]
    found = dict(zip(suspects, digests(root, [names[i] for i in suspects]), strict=True))
    ids = [name.replace("#", "%23") for name in names]
    first: dict[str, int] = {}
    for i, digest in found.items():
        if first.setdefault(digest, i) != i:
            ids[i] = f"{ids[first[digest]]}#{ids[i]}"
    return ids


def digests(root: Path, names: Sequence[str]) -> list[str]:
    """Return the sha256 of files, read again only where size or time of change differ.

    Args:
        root: Folder of the files.
        names: Their paths below it.
    """
    if not names:
        return []
    place = hashlib.sha256(str(root.resolve()).encode()).hexdigest()[:32]
    memory = cache_root() / "digests" / f"{place}.json"
    known = _recall(memory)
    states = [(s.st_size, s.st_mtime_ns) for s in (os.stat(root / name) for name in names)]
    new = [
        (name, state)
        for name, state in zip(names, states, strict=True)
        if known.get(name, [])[:2] != [*state]
    ]
    if new:
        paths = [root / name for name, _ in new]
        with ThreadPoolExecutor(THREADS) as pool:
            read = progress(pool.map(_digest, paths), f"reading {root.name}", len(paths))
            known |= {n: [*state, d] for (n, state), d in zip(new, read, strict=True)}
        _remember(memory, known)
    return [str(known[name][2]) for name in names]


def progress(items: Iterable[Item], title: str, total: int) -> Iterable[Item]:
    """Pass items on; a bar on a terminal shows how many of them there were."""
    console = Console(stderr=True)
    if not console.is_terminal or total < 1000:
        return items
    return track(items, title, total, console=console, transient=True)


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _recall(memory: Path) -> dict[str, list[int | str]]:
    try:
        content: dict[str, list[int | str]] = json.loads(memory.read_bytes())
    except (OSError, ValueError):
        return {}
    return content


def _remember(memory: Path, known: dict[str, list[int | str]]) -> None:
    try:
        with locked(memory.with_suffix(".lock")):
            # what another process learned meanwhile stays
            merged = _recall(memory) | known
            with replacing(memory, alone=True) as file:
                file.write(json.dumps(merged).encode())
    except OSError:  # nothing can be written there: the files are read again next time
        return
