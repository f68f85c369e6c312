import multiprocessing
import os
import pickle

import numpy as np
import pytest
import torch
from image_trees import folders, picture

from da.data import ImageFolders, cache
from da.data.cache import cached
from da.data.images import ImageFiles


@pytest.fixture
def files(tmp_path):
    names = tuple(picture(tmp_path / f"{i}.jpg", seed=i, size=(30, 20)).name for i in range(7))
    return ImageFiles(tmp_path, names, 16)


@pytest.fixture
def decoded(monkeypatch):
    """Count decoded images."""
    calls = []

    def count(path, *args):
        calls.append(path.name)
        return original(path, *args)

    original = cache.decode
    monkeypatch.setattr(cache, "decode", count)
    return calls


def caches(folder):
    return sorted(folder.glob("*.npy"))


@pytest.mark.parametrize("channels", [1, 3])
def test_holds_the_same_bytes_as_the_files(files, channels):
    files = ImageFiles(files.root, files.names, 16, channels)
    held = cached(files)
    assert len(held) == len(files)
    for i in range(len(files)):
        assert torch.equal(held.read(i), files.read(i))
        assert held.read(i).stride() == files.read(i).stride()


def test_training_batches_are_the_same_bit_for_bit(tmp_path):
    folders(tmp_path / "a", {"cup": 9, "pen": 9})
    folders(tmp_path / "b", {"cup": 9, "pen": 9}, seed=1)
    paths = (str(tmp_path / "a"), str(tmp_path / "b"))
    plain, fast = (ImageFolders(*paths, size=24, cache=c, batch_size=4) for c in (False, True))
    for task in (plain, fast):
        task.trainer = type("Trainer", (), {"max_steps": 3, "strategy": Cpu})()
    for one, other in zip(plain.train_dataloader(), fast.train_dataloader(), strict=True):
        assert torch.equal(one["source"][0], other["source"][0])
        assert torch.equal(one["source"][1], other["source"][1])
        assert torch.equal(one["target"], other["target"])
    assert plain.split() == fast.split()


class Cpu:
    root_device = torch.device("cpu")


def test_is_built_once_for_a_content(files, tmp_path, decoded):
    cached(files, tmp_path / "cache")
    assert sorted(decoded) == sorted(files.names)
    cached(files, tmp_path / "cache")
    os.utime(tmp_path / "3.jpg", (1, 1))  # touched, but the same
    cached(files, tmp_path / "cache")
    assert len(decoded) == len(files)


def test_another_content_order_or_preparation_is_another_cache(files, tmp_path):
    place = tmp_path / "cache"
    cached(files, place)
    cached(files.select(list(range(6, -1, -1))), place)
    cached(ImageFiles(files.root, files.names, 17), place)
    cached(ImageFiles(files.root, files.names, 16, 1), place)
    picture(tmp_path / "3.jpg", seed=99)
    fresh = cached(files, place)
    assert len(caches(place)) == 5
    assert torch.equal(fresh.read(3), files.read(3))


def test_a_copy_of_the_data_elsewhere_shares_the_cache(files, tmp_path, decoded):
    cached(files, tmp_path / "cache")
    (tmp_path / "moved").mkdir()
    for name in files.names:
        (tmp_path / "moved" / name).write_bytes((tmp_path / name).read_bytes())
    held = cached(ImageFiles(tmp_path / "moved", files.names, 16), tmp_path / "cache")
    assert len(decoded) == len(files)
    assert torch.equal(held.read(2), files.read(2))


def test_a_read_is_a_view_that_cannot_reach_the_file(files, tmp_path):
    held = cached(files, tmp_path / "cache")
    before = caches(tmp_path / "cache")[0].read_bytes()
    held.read(0).zero_()
    assert caches(tmp_path / "cache")[0].read_bytes() == before
    held.pixels[3, 0, 0, 0] = held.pixels[3, 0, 0, 0] + 1
    assert held.read(3)[0, 0, 0] == held.pixels[3, 0, 0, 0]


def test_a_selection_travels_to_workers_without_its_pixels(files):
    some = cached(files).select([5, 2]).select([1, 0])
    content = pickle.dumps(some)
    assert len(content) < 1000
    back = pickle.loads(content)
    assert torch.equal(back.read(0), files.read(2))
    assert torch.equal(back.read(1), files.read(5))


def test_a_broken_image_leaves_nothing_behind(files, tmp_path):
    (tmp_path / "4.jpg").write_bytes((tmp_path / "4.jpg").read_bytes()[:200])
    with pytest.raises(ValueError, match="4.jpg cannot be read as an image"):
        cached(files, tmp_path / "cache")
    assert [p.suffix for p in (tmp_path / "cache").iterdir()] == [".lock"]


def build(files, place, barrier, queue):
    barrier.wait()
    queue.put(cached(files, place).pixels.sum().item())


def test_processes_that_build_at_once_do_no_harm(files, tmp_path):
    context = multiprocessing.get_context("fork")
    barrier, queue = context.Barrier(3), context.Queue()
    arguments = (files, tmp_path / "cache", barrier, queue)
    processes = [context.Process(target=build, args=arguments) for _ in range(3)]
    for process in processes:
        process.start()
    sums = {queue.get(timeout=20) for _ in processes}
    for process in processes:
        process.join()
    expected = sum(files.read(i).sum().item() for i in range(len(files)))
    assert sums == {expected}
    assert len(caches(tmp_path / "cache")) == 1


def test_a_half_written_file_of_a_killed_process_is_overwritten(files, tmp_path):
    place = tmp_path / "cache"
    cached(files, place)
    path = caches(place)[0]
    whole = path.read_bytes()
    path.unlink()
    path.with_name(f".{path.name}.part").write_bytes(whole[:300])
    cached(files, place)
    assert path.read_bytes() == whole
    assert not path.with_name(f".{path.name}.part").exists()


def test_a_damaged_cache_is_named(files, tmp_path):
    cached(files, tmp_path / "cache")
    path = caches(tmp_path / "cache")[0]
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(ValueError, match=f"{path.name} is missing or damaged; delete it"):
        cached(files, tmp_path / "cache")


def test_a_full_disk_is_told_before_the_work(files, tmp_path, monkeypatch):
    monkeypatch.setattr("shutil.disk_usage", lambda path: type("Usage", (), {"free": 100})())
    with pytest.raises(ValueError, match="cache of 7 images needs 0.0 GB .*DA_CACHE_ROOT"):
        cached(files, tmp_path / "cache")


def test_a_place_that_cannot_be_written_is_named(files, tmp_path):
    (tmp_path / "cache").write_text("a file")
    with pytest.raises(ValueError, match="cannot be cached in .*Not a directory.*; name a folder"):
        cached(files, tmp_path / "cache" / "images")


def test_the_file_is_an_ordinary_array(files, tmp_path):
    cached(files, tmp_path / "cache")
    pixels = np.load(caches(tmp_path / "cache")[0])
    assert pixels.shape == (7, 16, 16, 3)
    assert pixels.dtype == np.uint8
