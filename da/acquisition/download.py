"""Download one file: from the first mirror that has it whole, resumed where it broke off."""

import http.client
import json
import os
import shutil
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import Any

CHUNK = 1 << 18
SLOWEST = 1024  # bytes a second, below which a mirror is given up
RESUMES = 8  # times that one mirror may break off
AGENT = "da (research on domain adaptation; python urllib)"

# Told of progress: of what, how much of it is done, how much there is (0: not known).
Report = Callable[[str, int, int], None]


class MirrorError(Exception):
    """A mirror does not have the file, or has another one; the next may."""


class BrokenOffError(Exception):
    """A transfer broke off; it may be resumed."""


def fetch(
    sources: Sequence[str],
    target: Path,
    check: Callable[[Path], object],
    *,
    sizes: Collection[int] = (),
    timeout: float = 30.0,
    pause: float = 1.0,
    report: Report = lambda what, done, total: None,
) -> None:
    """Download a file and put it in its place once it is whole and verified.

    What was received before an interruption is kept beside the target as ``NAME.part``, with
    what the mirror said of it in ``NAME.part.json``.

    Args:
        sources: URLs, tried in order.
        target: Where the file goes; replaced if it exists.
        check: Called with the received file; raises ValueError if it is not the right one.
        sizes: Sizes that the file may have; empty if they are not known.
        timeout: Seconds without an answer after which a mirror is given up.
        pause: Seconds before a transfer that broke off is resumed.
        report: Told how many bytes are there.

    Raises:
        ConnectionError: If no mirror gave the file; the sentence says what was wrong with each.
        OSError: If the file cannot be written.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(target.name + ".part")
    failures = []
    for url in sources:
        try:
            _from_mirror(url, part, sizes, timeout, pause, report)
            check(part)
        except (MirrorError, ValueError) as error:
            _discard(part)
            failures.append(f"{url}: {error}")
        else:
            _place(part, target)
            return
    raise ConnectionError(f"{target.name} cannot be downloaded: {'; '.join(failures)}")


def _from_mirror(
    url: str,
    part: Path,
    sizes: Collection[int],
    timeout: float,
    pause: float,
    report: Report,
) -> None:
    """Receive a file whole from one mirror, or raise MirrorError."""
    if _said(part).get("url") != url:
        _discard(part)
    for _ in range(RESUMES):
        before = _size(part)
        try:
            _transfer(url, part, sizes, timeout, report)
            return
        except urllib.error.HTTPError as error:
            with error:
                if error.code != 416:  # the part is longer than what the mirror has
                    raise MirrorError(f"it answered {error.code} {error.reason}") from error
            _discard(part)
        except BrokenOffError as error:
            if _size(part) <= before:
                raise MirrorError(str(error)) from error
            time.sleep(pause)
        except (urllib.error.URLError, http.client.HTTPException, OSError) as error:
            if isinstance(error, OSError) and error.filename is not None:
                raise  # our disk, not their network
            raise MirrorError(str(getattr(error, "reason", error)) or repr(error)) from error
    raise MirrorError(f"it broke off {RESUMES} times")


def _transfer(url: str, part: Path, sizes: Collection[int], timeout: float, report: Report) -> None:
    """Receive what is still missing of a file."""
    start, said = _size(part), _said(part)
    request = urllib.request.Request(url, headers={"User-Agent": AGENT})
    if start:
        request.add_header("Range", f"bytes={start}-")
        if said.get("etag"):
            request.add_header("If-Range", said["etag"])
    with urllib.request.urlopen(request, timeout=timeout) as response:
        etag = response.headers.get("ETag") or ""
        etag = "" if etag.startswith("W/") else etag  # weak ones may hide a change of bytes
        ranged = response.headers.get("Content-Range", "")
        if response.status == 206 and ranged.startswith(f"bytes {start}-"):
            total = int(ranged.rpartition("/")[2]) if not ranged.endswith("/*") else 0
            if (said.get("total"), said.get("etag")) != (total, etag):
                start = -1
        elif response.status == 206:
            start = -1
        else:  # the mirror knows no ranges, or the file has changed: from the beginning
            start, total = 0, int(response.headers.get("Content-Length", 0))
        if start < 0:
            _discard(part)
            raise MirrorError("the file changed while it was downloaded")
        if sizes and total and total not in sizes:
            wanted = " or ".join(f"{size:,}" for size in sorted(sizes))
            raise MirrorError(f"it has {total:,} bytes, but should have {wanted}")
        _room(part, total - start)
        _remember(part, {"url": url, "etag": etag, "total": total})
        _receive(response, part, start, total, sizes, timeout, report)


def _receive(
    response: http.client.HTTPResponse,
    part: Path,
    start: int,
    total: int,
    sizes: Collection[int],
    timeout: float,
    report: Report,
) -> None:
    """Write what comes to the part file; BrokenOffError if it ends too early or is too slow."""
    name = part.name.removesuffix(".part")
    done, marked, since = start, start, time.monotonic()
    most = total or (max(sizes) if sizes else 0)
    with part.open("r+b" if start else "wb") as stream:
        stream.seek(start)
        stream.truncate()
        while True:
            try:
                chunk = response.read1(CHUNK)
            except (OSError, http.client.HTTPException) as error:
                raise BrokenOffError(f"it broke off after {done:,} bytes ({error})") from error
            if not chunk:
                break
            stream.write(chunk)
            done += len(chunk)
            report(name, done, total)
            if most and done > most:
                raise MirrorError(f"it sends more than the {most:,} bytes that are expected")
            elapsed = time.monotonic() - since
            if elapsed > timeout:
                if done - marked < SLOWEST * elapsed and done != total:
                    raise MirrorError(f"it sends less than {SLOWEST:,} bytes a second")
                marked, since = done, time.monotonic()
        stream.flush()
        os.fsync(stream.fileno())
    if done < total:
        raise BrokenOffError(f"it broke off after {done:,} of {total:,} bytes")


def _place(part: Path, target: Path) -> None:
    """Put a verified file in its place, all or nothing."""
    os.replace(part, target)
    _discard(part)


def _discard(part: Path) -> None:
    part.unlink(missing_ok=True)
    _notes(part).unlink(missing_ok=True)


def _notes(part: Path) -> Path:
    return part.with_name(part.name + ".json")


def _said(part: Path) -> dict[str, Any]:
    """Return what the mirror said of the part; nothing if there is none or it is torn."""
    try:
        return dict(json.loads(_notes(part).read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return {}


def _remember(part: Path, said: dict[str, object]) -> None:
    _notes(part).write_text(json.dumps(said), encoding="utf-8")


def _size(part: Path) -> int:
    return part.stat().st_size if part.is_file() else 0


def _room(part: Path, wanted: int) -> None:
    free = shutil.disk_usage(part.parent).free
    if wanted > free:
        raise OSError(28, f"{wanted:,} bytes are to come, but {free:,} are free", str(part.parent))
