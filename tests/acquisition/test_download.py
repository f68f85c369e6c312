import hashlib
import json
import os
import random
import socket

import pytest

from da.acquisition.download import fetch

BODY = random.Random(0).randbytes(300_000)


def check(path):
    if hashlib.sha256(path.read_bytes()).digest() != hashlib.sha256(BODY).digest():
        raise ValueError("it is another file")


@pytest.fixture
def get(mirror, tmp_path):
    mirror.files["x"] = BODY
    target = tmp_path / "folder" / "x"

    def get(*how, **options):
        options = {"sizes": {len(BODY)}, "timeout": 0.4, "pause": 0.01, **options}
        fetch([mirror.url(h, "x") for h in how], target, check, **options)
        return target

    get.target = target
    return get


def asked(mirror):
    return [(how, there) for how, _, there in mirror.requests]


def test_a_good_file_is_put_in_its_place_and_nothing_else_is_left(get, mirror):
    seen = []
    target = get("good", report=lambda what, done, total: seen.append((what, done, total)))
    assert target.read_bytes() == BODY
    assert [p.name for p in target.parent.iterdir()] == ["x"]
    assert seen[-1] == ("x", len(BODY), len(BODY))
    assert seen == sorted(seen)


def test_a_transfer_that_breaks_off_is_resumed_where_it_broke(get, mirror):
    assert get("breaks").read_bytes() == BODY
    assert asked(mirror) == [("breaks", None), ("breaks", f"bytes={len(BODY) // 2}-")]


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        ("corrupt", "it is another file"),
        ("missing", "it answered 404 Not Found"),
        ("slow", "timed out"),
        ("short", "it has 299,999 bytes, but should have 300,000"),
    ],
)
def test_a_bad_mirror_is_followed_by_the_next_and_named_if_there_is_none(get, bad, reason):
    assert get(bad, "good").read_bytes() == BODY
    get.target.unlink()
    with pytest.raises(ConnectionError, match=f"x cannot be downloaded: .*/{bad}/x: .*{reason}"):
        get(bad)
    assert list(get.target.parent.iterdir()) == []


def test_the_error_names_every_mirror(get):
    with pytest.raises(ConnectionError, match=r"/missing/x: .*404.*; .*/corrupt/x: .*another"):
        get("missing", "corrupt")


def test_a_mirror_that_is_not_there_is_named(tmp_path):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}/x"
    with pytest.raises(ConnectionError, match=f"{url}: .*refused"):
        fetch([url], tmp_path / "x", check)


def test_a_mirror_without_ranges_that_breaks_off_is_left(get, mirror):
    """It sends the first half again and again, and never gets further."""

    def half(path):
        path.parent.mkdir()
        path.with_name("x.part").write_bytes(BODY[:1000])
        notes = {"url": mirror.url("noranges", "x"), "etag": "", "total": len(BODY)}
        path.with_name("x.part.json").write_text(json.dumps(notes))

    half(get.target)
    assert get("noranges").read_bytes() == BODY
    assert asked(mirror) == [("noranges", "bytes=1000-")]


def test_a_file_that_changed_meanwhile_is_not_glued_together(get):
    with pytest.raises(ConnectionError, match="the file changed while it was downloaded"):
        get("changed", sizes=())


def test_the_part_of_another_mirror_is_thrown_away(get, mirror):
    get.target.parent.mkdir()
    get.target.with_name("x.part").write_bytes(b"other")
    notes = {"url": "http://127.0.0.1:1/x", "etag": "", "total": 9}
    get.target.with_name("x.part.json").write_text(json.dumps(notes))
    assert get("good").read_bytes() == BODY
    assert asked(mirror) == [("good", None)]


def test_a_part_longer_than_the_file_is_thrown_away(get, mirror):
    get.target.parent.mkdir()
    get.target.with_name("x.part").write_bytes(BODY + b"!")
    notes = {"url": mirror.url("good", "x"), "etag": "", "total": len(BODY)}
    get.target.with_name("x.part.json").write_text(json.dumps(notes))
    assert get("good").read_bytes() == BODY


def test_a_file_is_replaced_only_by_a_whole_one(get):
    get.target.parent.mkdir()
    get.target.write_bytes(b"old")
    with pytest.raises(ConnectionError):
        get("corrupt")
    assert get.target.read_bytes() == b"old"
    assert get("good").read_bytes() == BODY


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written_is_no_fault_of_the_mirror(get):
    get.target.parent.mkdir(mode=0o500)
    with pytest.raises(PermissionError):
        get("good")


def test_a_full_disk_is_no_fault_of_the_mirror(get, monkeypatch):
    free = type("Usage", (), {"free": 5})
    monkeypatch.setattr("shutil.disk_usage", lambda path: free)
    with pytest.raises(OSError, match="300,000 bytes are to come, but 5 are free"):
        get("good", "good")
