import numpy as np
import pytest

from da.data import photographs as module
from da.data.photographs import columns, crops, patches, photographs


@pytest.fixture
def coordinates(monkeypatch):
    """Photographs whose pixels are their own row and column (modulo 256), and the column's rest."""
    rows, cols = np.mgrid[:427, :640]
    pixels = np.stack([rows % 256, cols % 256, cols // 256], axis=2).astype(np.uint8)
    monkeypatch.setattr(module, "photographs", lambda: (pixels, pixels))


def test_there_are_two_photographs_in_colour():
    assert [p.shape for p in photographs()] == [(427, 640, 3)] * 2
    assert all(len(np.unique(p[:, :, 0].astype(int) - p[:, :, 2])) > 100 for p in photographs())


def test_train_has_65_percent_of_the_width_and_test_the_rest():
    assert columns(640, "train") == (0, 416)
    assert columns(640, "test") == (416, 640)


@pytest.mark.parametrize(("side", "first", "last"), [("train", 0, 415), ("test", 416, 639)])
def test_crops_of_a_side_stay_in_its_columns_and_reach_both_ends(coordinates, side, first, last):
    result = crops(np.random.default_rng(0), 5000, side).astype(int)
    column = result[..., 1] + 256 * result[..., 2]
    assert column.min() == first
    assert column.max() == last


def test_crops_are_whole_windows(coordinates):
    result = crops(np.random.default_rng(0), 100, "train").astype(int)
    column = result[..., 1] + 256 * result[..., 2]
    assert np.all(np.diff(column, axis=2) == 1)
    assert np.all(np.diff(result[..., 0], axis=1) % 256 == 1)
    assert np.all(np.diff(result[..., 0], axis=2) == 0)


def test_crops_come_from_both_photographs():
    result = crops(np.random.default_rng(0), 400, "train")
    first = photographs()[0]
    windows = np.lib.stride_tricks.sliding_window_view(first[:, :, 0], (28, 28))
    corners = {window.tobytes() for window in windows.reshape(-1, 28, 28)}
    share = np.mean([crop[:, :, 0].tobytes() in corners for crop in result])
    assert share == pytest.approx(0.5, abs=0.1)


def test_a_patch_is_cut_from_a_photograph_at_a_place_of_its_own(coordinates):
    ids = [f"x-{i}" for i in range(300)]
    cut = patches(ids, 20, 30, "salt").astype(int)
    assert cut.shape == (300, 20, 30, 3)
    down, along = np.diff(cut[..., 0], axis=1) % 256, np.diff(cut[..., 1], axis=2) % 256
    assert (down == 1).all()
    assert (along == 1).all()
    assert len(np.unique(cut[:, 0, 0], axis=0)) > 290
    assert np.array_equal(patches(ids[5:9], 20, 30, "salt"), cut[5:9])
    assert not np.array_equal(patches(ids, 20, 30, "other"), cut)


def test_patches_come_from_both_photographs_and_all_of_their_width():
    cut = patches([f"x-{i}" for i in range(60)], 427, 600, "salt")
    places = [
        {x for x in range(41) for patch in cut if np.array_equal(patch, p[:, x : x + 600])}
        for p in photographs()
    ]
    assert min(map(len, places)) > 10
    assert min(map(min, places)) < 5
    assert max(map(max, places)) > 35
