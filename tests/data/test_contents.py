import os
from pathlib import Path

import pytest
from image_trees import picture

from da.data import contents
from da.data.contents import copies, digests
from da.data.files import cache_root


@pytest.fixture
def hashed(monkeypatch):
    """Count files that are read."""
    calls = []

    def count(path):
        calls.append(path.name)
        return original(path)

    original = contents._digest
    monkeypatch.setattr(contents, "_digest", count)
    return calls


def test_the_cache_is_where_the_environment_says(monkeypatch, tmp_path):
    monkeypatch.setenv("DA_CACHE_ROOT", str(tmp_path))
    assert cache_root() == tmp_path
    monkeypatch.delenv("DA_CACHE_ROOT")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    assert cache_root() == tmp_path / "xdg" / "da"
    monkeypatch.delenv("XDG_CACHE_HOME")
    assert cache_root() == Path.home() / ".cache" / "da"


def test_digests_are_those_of_sha256sum(tmp_path):
    (tmp_path / "a").write_bytes(b"abc")
    # FIPS 180-2, appendix B.1
    assert digests(tmp_path, ["a"]) == [
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    ]


def test_files_are_read_again_only_when_they_changed(tmp_path, hashed):
    for name in ("a", "b", "c"):
        (tmp_path / name).write_text(name)
    first = digests(tmp_path, ["a", "b", "c"])
    assert digests(tmp_path, ["c", "a", "b"]) == [first[2], *first[:2]]
    assert len(hashed) == 3
    (tmp_path / "b").write_text("x")
    os.utime(tmp_path / "b", ns=(5, 5))
    assert digests(tmp_path, ["a", "b"])[1] != first[1]
    assert hashed[3:] == ["b"]


def test_without_a_place_to_remember_files_are_read_each_time(tmp_path, hashed, monkeypatch):
    (tmp_path / "file").touch()
    monkeypatch.setenv("DA_CACHE_ROOT", str(tmp_path / "file" / "no"))
    assert digests(tmp_path, ["file"]) == digests(tmp_path, ["file"])
    assert len(hashed) == 2


def test_copies_are_named_after_the_first(tmp_path):
    for i, seed in enumerate([0, 1, 0, 2, 0]):
        picture(tmp_path / f"{i}.png", seed=seed)
    names = [f"{i}.png" for i in range(5)]
    assert copies(tmp_path, names) == ["0.png", "1.png", "0.png#2.png", "3.png", "0.png#4.png"]


def test_a_sign_in_a_path_does_not_make_it_a_copy(tmp_path):
    for i in range(2):
        picture(tmp_path / f"x#{i}.png", seed=i)
    assert copies(tmp_path, ["x#0.png", "x#1.png"]) == ["x%230.png", "x%231.png"]


def test_only_files_of_one_size_are_compared(tmp_path, hashed):
    for name, content in (("a", "1"), ("b", "22"), ("c", "3")):
        (tmp_path / name).write_text(content)
    copies(tmp_path, ["a", "b", "c"])
    assert sorted(hashed) == ["a", "c"]
