import io
import random
import signal
import subprocess
import sys
import tarfile
import threading
import time

import pytest

import da.data
from da.acquisition.doctor import check
from da.acquisition.get import get

from .conftest import known

BODY = random.Random(0).randbytes(400_000)
OTHER = "".join(f"line {i}\n" for i in range(7)).encode()


def file(mirror, *how, name="x.bin", body=BODY, **more):
    mirror.files[name] = body
    sources = [mirror.url(h, name) for h in how]
    return {"path": name, "sources": sources, **known(body), **more}


def download(small, name, **more):
    options = {"timeout": 1.0, "pause": 0.01, **more}
    return get(name, small.root, manifests=small.manifests, **options)


def test_what_is_missing_is_downloaded_and_what_is_right_is_left(small, mirror):
    files = [file(mirror, "good"), file(mirror, "good", name="y.txt", body=OTHER)]
    name = small.manifest({"files": files})
    there = small.write("Tiny/y.txt", OTHER)
    assert download(small, name) == []
    assert (small.root / "Tiny" / "x.bin").read_bytes() == BODY
    assert [what for _, what, _ in mirror.requests] == ["x.bin"]
    assert there.read_bytes() == OTHER
    assert check(name, small.root, manifests=small.manifests).status == "complete"


def test_a_corrupt_file_is_replaced(small, mirror):
    name = small.manifest({"files": [file(mirror, "good")]})
    path = small.write("tiny/x.bin", BODY[:-1] + b"?")
    download(small, name)
    assert path.read_bytes() == BODY


def test_a_file_without_checksum_is_believed_if_its_samples_are_as_many(small, mirror):
    mirror.files["y.txt"] = OTHER
    entry = {"path": "y.txt", "format": "lines", "sources": [mirror.url("good", "y.txt")]}
    download(small, small.manifest({"files": [{**entry, "counts": {"train": 7}}]}))
    with pytest.raises(ConnectionError, match="its 49 bytes are no known version of z/y.txt"):
        download(
            small, small.manifest({"files": [{**entry, "path": "z/y.txt", "counts": {"train": 8}}]})
        )


def test_a_part_that_is_not_needed_is_downloaded_if_it_is_asked_for(small, mirror):
    extra = {"name": "extra", "optional": True, "files": [file(mirror, "good", name="extra")]}
    name = small.manifest({"name": "main", "files": [file(mirror, "good")]}, extra)
    download(small, name)
    assert not (small.root / "tiny" / "extra").exists()
    download(small, name, parts=["extra"])
    assert (small.root / "tiny" / "extra").exists()
    with pytest.raises(ValueError, match="has no part 'extr'; it has extra, main"):
        download(small, name, parts=["extr"])


def test_one_part_is_enough_where_the_manifest_says_so(small, mirror):
    by_hand = {"files": [{"path": "z"}]}
    parts = [by_hand, *({"files": [file(mirror, "good", name=n)]} for n in "ab")]
    name = small.manifest(*parts, any_part=True)
    assert download(small, name) == []
    assert [p.name for p in (small.root / "tiny").glob("[a-z]*")] == ["a"]
    assert check(name, small.root, manifests=small.manifests).status == "complete"


def test_what_has_no_source_is_told(small):
    name = small.manifest({"files": [{"path": "x"}]}, manual="sign the form\nat the desk")
    assert download(small, name) == ["x: sign the form at the desk"]


def test_the_way_by_hand_is_told_where_no_mirror_answers(small, mirror):
    name = small.manifest({"files": [file(mirror, "missing")]}, manual="ask them")
    with pytest.raises(ConnectionError, match="404 Not Found; ask them"):
        download(small, name)


def archive(small, mirror, how="good", **more):
    scratch = io.BytesIO()
    with tarfile.open(fileobj=scratch, mode="w:gz") as tar:
        for label in ("mug", "pen"):
            path = small.image(f"../{label}.png")
            tar.add(path, f"top/{label}/1.png")
    mirror.files["a.tgz"] = scratch.getvalue()
    url = mirror.url(how, "a.tgz")
    entry = {"name": "a.tgz", "into": "all", "inside": "top", "expanded": 10_000, "sources": [url]}
    tree = {
        "domain": "all",
        "paths": ["all"],
        "total": 2,
        "classes": ["mug", "pen"],
        "counts": [1, 1],
    }
    return {"trees": [tree], "archives": [{**entry, **more}]}


def test_an_archive_is_extracted_and_deleted(small, mirror):
    name = small.manifest(archive(small, mirror))
    assert download(small, name) == []
    assert sorted(p.name for p in (small.root / "tiny").iterdir()) == [".lock", "all"]
    assert check(name, small.root, manifests=small.manifests).counts == {"all": 2}
    download(small, name)
    assert len(mirror.requests) == 1


def test_a_page_in_place_of_an_archive_is_refused(small, mirror):
    name = small.manifest(archive(small, mirror, "corrupt"))
    with pytest.raises(ConnectionError, match="bytes are no archive"):
        download(small, name)


def test_an_archive_that_is_published_in_pieces_is_packed(small, mirror):
    pieces = {f"bags/{i}.txt": f"piece {i}\n".encode() for i in range(3)}
    mirror.files |= pieces
    entry = {
        "path": "bags.tar.gz",
        "members": {n: known(body)["versions"][0]["sha256"] for n, body in pieces.items()},
        "pack": {n: mirror.url("good", n) for n in pieces},
    }
    name = small.manifest({"files": [entry]})
    assert download(small, name) == []
    with tarfile.open(small.root / "tiny" / "bags.tar.gz") as tar:
        assert {m.name: tar.extractfile(m).read() for m in tar} == pieces
    assert check(name, small.root, manifests=small.manifests).status == "complete"


def start(small, name):
    """Start the same download in another process."""
    code = (
        # without torch, which da.data imports
        "import sys, types; package = types.ModuleType('da.data'); "
        f"package.__path__ = {da.data.__path__!r}; sys.modules['da.data'] = package; "
        "from pathlib import Path; from da.acquisition.get import get; "
        f"get({name!r}, {str(small.root)!r}, manifests=Path({str(small.manifests)!r}))"
    )
    return subprocess.Popen([sys.executable, "-c", code], stderr=subprocess.PIPE, text=True)


def wait_for(path, size):
    end = time.monotonic() + 60
    while not path.is_file() or path.stat().st_size < size:
        assert time.monotonic() < end
        time.sleep(0.02)


def test_two_processes_at_once_download_once(small, mirror):
    name = small.manifest({"files": [file(mirror, "stops")]})
    with start(small, name) as other:
        wait_for(small.root / "tiny" / "x.bin.part", 1)
        second = threading.Thread(target=download, args=(small, name))
        second.start()
        second.join(0.3)
        assert second.is_alive()
        mirror.go.set()
        second.join(20)
        _, errors = other.communicate(timeout=20)
    assert (other.returncode, errors) == (0, "")
    assert (small.root / "tiny" / "x.bin").read_bytes() == BODY
    assert len(mirror.requests) == 1


def test_a_killed_download_is_resumed(small, mirror):
    name = small.manifest({"files": [file(mirror, "stops")]})
    part = small.root / "tiny" / "x.bin.part"
    with start(small, name) as other:
        wait_for(part, 1)
        other.send_signal(signal.SIGKILL)
    there = part.stat().st_size
    assert there > 0
    download(small, name)
    assert (small.root / "tiny" / "x.bin").read_bytes() == BODY
    assert [asked for *_, asked in mirror.requests] == [None, f"bytes={there}-"]
