import bz2
import gzip
import sys

import h5py
import numpy as np
import pytest
from scipy.io import savemat
from torchvision.datasets import SVHN, USPS
from torchvision.datasets.mnist import read_image_file, read_label_file

from da.data.digit_files import hdf5, idx, libsvm, matlab, mnist, zip_text
from tests.data.writers import write_idx, write_libsvm


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def test_mnist_is_read_as_torchvision_reads_it_unpacked(tmp_path, rng):
    images = rng.integers(256, size=(5, 28, 28), dtype=np.uint8)
    labels = np.array([3, 1, 4, 1, 5], np.uint8)
    paths = (
        write_idx(tmp_path / "images.gz", images),
        write_idx(tmp_path / "labels.gz", labels),
    )
    result = mnist(*paths)
    for path in paths:
        path.with_suffix("").write_bytes(gzip.decompress(path.read_bytes()))
    expected = read_image_file(str(tmp_path / "images")), read_label_file(str(tmp_path / "labels"))
    np.testing.assert_array_equal(result.images[..., 0], expected[0])
    np.testing.assert_array_equal(result.labels, expected[1])
    np.testing.assert_array_equal(result.images[..., 0], images)


def test_nothing_is_written_beside_mnist(tmp_path, rng):
    path = write_idx(tmp_path / "images.gz", rng.integers(256, size=(2, 28, 28), dtype=np.uint8))
    idx(path)
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    "content",
    [b"", b"\0\0\x09\x01\0\0\0\x01\x07", b"\0\0\x08\x01\0\0\0\x02\x07"],
    ids=["empty", "signed bytes", "cut"],
)
def test_what_is_not_idx_is_refused(tmp_path, content):
    path = tmp_path / "images.gz"
    path.write_bytes(gzip.compress(content))
    with pytest.raises(ValueError, match="images.gz is not an IDX file of bytes; get it again"):
        idx(path)


def test_usps_is_read_as_torchvision_reads_it(tmp_path, rng):
    # every grey level and values just beside one, where rounding and cutting differ
    levels = np.arange(256) / 127.5 - 1
    values = np.stack([levels, np.clip(levels + 1e-6, -1, 1), rng.uniform(-1, 1, 256)])
    path = write_libsvm(tmp_path / "usps.bz2", [1, 10, 4], values)
    result, expected = libsvm(path), USPS(tmp_path, train=True)
    np.testing.assert_array_equal(result.images[..., 0], expected.data)
    assert result.labels.tolist() == expected.targets == [0, 9, 3]
    assert result.images.shape == (3, 16, 16, 1)


@pytest.mark.parametrize("line", ["1 1:0.5", "1 " + "1:x " * 256, "1 " + "1:0 " * 257])
def test_a_file_with_other_lines_is_refused(tmp_path, line):
    path = tmp_path / "usps.bz2"
    path.write_bytes(bz2.compress(line.encode()))
    with pytest.raises(ValueError, match="usps.bz2 does not have 513 numbers in each line; get"):
        libsvm(path)


def test_scanned_usps_is_the_same_from_both_kinds_of_files(tmp_path, rng):
    values = rng.integers(0, 2001, size=(4, 256)) / 1000 - 1  # three decimals, as published
    labels = np.array([6, 5, 0, 9])
    text = "".join(
        f"{label:.4f} " + " ".join(f"{v:7.4f}" for v in row) + " \n"
        for label, row in zip(labels, values, strict=True)
    )
    path = tmp_path / "zip.test.gz"
    path.write_bytes(gzip.compress(text.encode()))
    with h5py.File(tmp_path / "usps.h5", "w") as file:
        file["test/data"] = ((values + 1) / 2).astype(np.float32)
        file["test/target"] = labels
    first, second = zip_text(path), hdf5("test", tmp_path / "usps.h5")
    np.testing.assert_array_equal(first.images, second.images)
    np.testing.assert_array_equal(first.labels, second.labels)
    expected = np.rint((values + 1) * 127.5)
    np.testing.assert_array_equal(first.images.reshape(4, 256), expected)
    assert first.labels.tolist() == labels.tolist()


def test_without_h5py_the_other_files_are_named(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "h5py", None)
    with pytest.raises(ImportError, match="not installed; pip install h5py, or put zip.train.gz"):
        hdf5("train", tmp_path / "usps.h5")


def test_svhn_is_read_as_torchvision_reads_it(tmp_path, rng, monkeypatch):
    images = rng.integers(256, size=(32, 32, 3, 4), dtype=np.uint8)
    labels = np.array([[1], [10], [9], [10]], np.uint8)
    savemat(tmp_path / "train_32x32.mat", {"X": images, "y": labels})
    monkeypatch.setattr(SVHN, "_check_integrity", lambda self: True)
    expected = SVHN(tmp_path, split="train")
    result = matlab(tmp_path / "train_32x32.mat")
    np.testing.assert_array_equal(result.images.transpose(0, 3, 1, 2), expected.data)
    assert result.labels.tolist() == expected.labels.tolist() == [1, 0, 9, 0]
