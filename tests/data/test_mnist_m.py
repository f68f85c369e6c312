import hashlib

import numpy as np
import pytest
from PIL import Image

from da.data import mnist_m
from tests.data.writers import write_idx


@pytest.fixture
def made(tmp_path, monkeypatch):
    """A tiny MNIST-M in both of its layouts, made by the rule that it follows."""
    rng = np.random.default_rng(0)
    digits = np.zeros((6, 28, 28), np.uint8)
    digits[:, 8:20, 10:18] = rng.integers(0, 3, size=(6, 12, 8))  # 1 and 2 are ink as well
    photographs = rng.integers(256, size=(2, 40, 50, 3), dtype=np.uint8)
    photos = tmp_path / "photos"
    folder = tmp_path / "mnist_m_train"
    photos.mkdir()
    folder.mkdir()
    for i, photograph in enumerate(photographs):
        Image.fromarray(photograph).save(photos / f"{i}.png")  # lossless stands in for JPEG
    places = np.array([[0, 0, 0], [1, 8, 18], [1, 3, 4], [0, 5, 6]])  # fewer than digits
    images = np.empty((4, 32, 32, 3), np.uint8)
    for image, digit, (p, top, left) in zip(images, digits, places, strict=False):
        image[:] = photographs[p, top : top + 32, left : left + 32]
        for y in range(28):
            for x in range(28):
                if digit[y, x]:
                    image[y + 2, x + 2] = 255 - image[y + 2, x + 2]
    lines = []
    for i, image in enumerate(images):
        Image.fromarray(image).save(folder / f"{i:08d}.png")
        lines.append(f"{i:08d}.png {(3 * i) % 10}\n")
    labels = tmp_path / "mnist_m_train_labels.txt"
    labels.write_text("".join(lines))
    np.savez(
        tmp_path / "patches.npz", train=places.astype(np.int16), photos=np.array(["0.png", "1.png"])
    )
    write_idx(tmp_path / "digits.gz", digits)
    write_idx(tmp_path / "labels.gz", np.arange(6, dtype=np.uint8))
    monkeypatch.setitem(mnist_m.OFFICIAL, "train", hashlib.sha256(images.tobytes()).hexdigest())
    return images


def rebuild(root):
    labels = root / "mnist_m_train_labels.txt"
    return mnist_m.rebuild(
        "train", root / "patches.npz", labels, root / "digits.gz", root / "photos"
    )


def test_the_official_images_are_read(made, tmp_path):
    labels = tmp_path / "mnist_m_train_labels.txt"
    result = mnist_m.read("train", tmp_path / "mnist_m_train", labels)
    np.testing.assert_array_equal(result.images, made)
    assert result.labels.tolist() == [0, 3, 6, 9]


def test_the_official_images_are_rebuilt_from_photographs(made, tmp_path):
    result = rebuild(tmp_path)
    np.testing.assert_array_equal(result.images, made)
    assert result.labels.tolist() == [0, 3, 6, 9]


def test_another_decoding_of_the_photographs_is_noticed(made, tmp_path):
    path = tmp_path / "photos" / "1.png"
    pixels = np.asarray(Image.open(path)).copy()
    pixels[20, 20] ^= 1
    Image.fromarray(pixels).save(path)
    with pytest.raises(ValueError, match="is not the official one .* without libjpeg-turbo; put"):
        rebuild(tmp_path)


def test_an_image_that_is_not_the_official_one_is_noticed(made, tmp_path):
    folder = tmp_path / "mnist_m_train"
    Image.fromarray(made[0] ^ 1).save(folder / "00000003.png")
    with pytest.raises(ValueError, match="mnist_m_train are not the official MNIST-M .* get them"):
        mnist_m.read("train", folder, tmp_path / "mnist_m_train_labels.txt")


@pytest.fixture
def digits(tmp_path):
    images = np.zeros((40, 28, 28), np.uint8)
    images[:, 4:24, 12:16] = 200
    paths = tmp_path / "images.gz", tmp_path / "labels.gz"
    write_idx(paths[0], images)
    write_idx(paths[1], (np.arange(40) % 10).astype(np.uint8))
    return paths


@pytest.fixture
def jpegs(tmp_path):
    """Eight photographs, each of one grey level."""
    folder = tmp_path / "train"
    folder.mkdir()
    for i in range(8):
        Image.fromarray(np.full((40, 60, 3), 10 + 25 * i, np.uint8)).save(folder / f"{i}.jpg")
    return folder


def test_fresh_images_are_the_difference_of_digit_and_photograph(digits, jpegs):
    images, labels = mnist_m.fresh("train", 0, *digits, jpegs)
    assert images.shape == (40, 32, 32, 3)
    assert labels.tolist() == [i % 10 for i in range(40)]
    ground = images[:, 0, 0].astype(int)
    np.testing.assert_array_equal(images[:, 16, 15], abs(ground - 200))
    np.testing.assert_array_equal(images[:, 31, 31], ground)


def test_the_sides_of_fresh_images_have_other_photographs(digits, jpegs):
    train, test = (
        {*mnist_m.fresh(side, 0, *digits, jpegs).images[:, 0, 0, 0].tolist()}
        for side in ("train", "test")
    )
    assert (len(train), len(test)) == (6, 2)
    assert not train & test


@pytest.mark.parametrize("known", [True, False], ids=["folder", "scikit-learn"])
def test_fresh_images_are_those_of_their_seed(digits, jpegs, known):
    folder = jpegs if known else None
    first, again, other = (
        mnist_m.fresh("train", seed, *digits, folder).images for seed in (0, 0, 1)
    )
    np.testing.assert_array_equal(first, again)
    assert (first != other).any()
