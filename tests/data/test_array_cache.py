import numpy as np
import pytest

from da.data.array_cache import cached, states
from da.data.files import cache_root


@pytest.fixture(autouse=True)
def root(tmp_path, monkeypatch):
    monkeypatch.setenv("DA_CACHE_ROOT", str(tmp_path / "cache"))
    return tmp_path / "cache"


class Builder:
    def __init__(self, start=0):
        self.start, self.calls = start, 0

    def __call__(self):
        self.calls += 1
        return {
            "images": np.arange(self.start, self.start + 6, dtype=np.uint8).reshape(2, 3),
            "labels": np.array([1, 2]),
        }


def test_arrays_are_built_once(root):
    build = Builder()
    first, again = cached("a", ("x", 1), build), cached("a", ("x", 1), build)
    assert build.calls == 1
    for name in ("images", "labels"):
        np.testing.assert_array_equal(first[name], again[name])
        assert first[name].dtype == again[name].dtype
    assert sorted(p.suffix for p in (root / "arrays").iterdir()) == [".npz", ".sha256"]


def test_another_recipe_is_built_for_itself():
    one, other = Builder(), Builder(100)
    cached("a", ("x", 1), one)
    np.testing.assert_array_equal(cached("a", ("x", 2), other)["images"][0], [100, 101, 102])
    np.testing.assert_array_equal(cached("a", ("x", 1), one)["images"][0], [0, 1, 2])
    assert (one.calls, other.calls) == (1, 1)


@pytest.mark.parametrize("suffix", [".npz", ".sha256"])
@pytest.mark.parametrize("harm", ["changed", "cut", "removed"])
def test_a_file_that_is_not_what_was_written_is_built_again(root, suffix, harm):
    build = Builder()
    cached("a", "recipe", build)
    [path] = (root / "arrays").glob(f"*{suffix}")
    content = path.read_bytes()
    if harm == "removed":
        path.unlink()
    else:
        path.write_bytes(content[:-1] + (b"!" if harm == "changed" else b""))
    np.testing.assert_array_equal(cached("a", "recipe", build)["images"][0], [0, 1, 2])
    assert build.calls == 2
    assert path.read_bytes() == content


def test_a_cache_that_cannot_be_written_does_no_harm(root):
    root.write_text("a file where the folder should be")
    np.testing.assert_array_equal(cached("a", "recipe", Builder())["labels"], [1, 2])


def test_a_builder_that_fails_leaves_nothing(root):
    def fail():
        raise ValueError("broken file")

    with pytest.raises(ValueError, match="broken file"):
        cached("a", "recipe", fail)
    assert not root.exists()


def test_the_state_of_a_file_tells_that_it_changed(tmp_path):
    path = tmp_path / "file"
    path.write_text("one")
    first = states(path)
    assert states(path) == first
    path.write_text("three")
    assert states(path) != first


def test_the_folder_is_named_by_the_environment(root, monkeypatch):
    assert cache_root() == root
    monkeypatch.delenv("DA_CACHE_ROOT")
    monkeypatch.setenv("HOME", "/home/someone")
    assert str(cache_root()) == "/home/someone/.cache/da"
