import numpy as np
import pytest
from PIL import Image
from sklearn.datasets import load_digits

from da.data.handwriting import BOX, COPIES, handwritten, pools
from da.data.samples import originals


@pytest.fixture(scope="module")
def test_side():
    return handwritten("uci", "test", "first")


@pytest.fixture(scope="module")
def train_side():
    return handwritten("uci", "train", "first")


def number(name):
    return int(name.split("/")[1].split("#")[0])


def likeness(image, digit):
    """Correlation of the original 8x8 digit with the image at that size."""
    margin = (28 - BOX) // 2
    box = Image.fromarray(image[margin : 28 - margin, margin : 28 - margin])
    small = np.asarray(box.resize((8, 8), Image.Resampling.BOX), float)
    return np.corrcoef(small.ravel(), digit.ravel())[0, 1]


def test_pools_are_disjoint_and_complete():
    test, first, second = pools()
    assert sorted(test + first + second) == list(range(1797))
    assert len(test) == 600
    assert abs(len(first) - len(second)) <= 10


def test_pools_hold_equal_shares_of_each_class():
    target = load_digits().target
    test, first, second = (np.bincount(target[pool]) for pool in pools())
    assert test.tolist() == [60] * 10
    assert set(first - second) <= {0, 1}


def test_labels_and_images_are_those_of_the_digit_that_the_id_names(test_side):
    digits = load_digits()
    numbers = [number(i) for i in test_side.ids]
    assert test_side.labels.tolist() == digits.target[numbers].tolist()
    likenesses = [
        likeness(*pair) for pair in zip(test_side.images, digits.images[numbers], strict=True)
    ]
    assert min(likenesses) > 0.95


def test_test_digits_come_once_and_undistorted(test_side):
    assert len(test_side.images) == len(set(originals(test_side.ids))) == 600
    assert not any("#" in i for i in test_side.ids)


def test_training_digits_come_in_numbered_copies_of_which_the_first_is_undistorted(train_side):
    digits = load_digits()
    names = originals(train_side.ids)
    assert all(names.count(name) == COPIES for name in names[:: 40 * COPIES])
    assert [i.split("#")[1] for i in train_side.ids[:COPIES]] == list("012345")
    numbers = [number(i) for i in train_side.ids]
    assert train_side.labels.tolist() == digits.target[numbers].tolist()
    likenesses = np.array(
        [likeness(*pair) for pair in zip(train_side.images, digits.images[numbers], strict=True)]
    ).reshape(-1, COPIES)
    assert likenesses[:, 0].min() > 0.95
    assert likenesses[:, 1:].mean() < 0.92


def test_copies_of_a_digit_differ(train_side):
    copies = train_side.images.reshape(-1, COPIES, 28 * 28)
    assert all(len(np.unique(group, axis=0)) == COPIES for group in copies)


def test_digits_use_the_whole_range_of_grey(test_side):
    assert np.all(test_side.images.min(axis=(1, 2)) == 0)
    assert np.mean(test_side.images.max(axis=(1, 2)) > 240) > 0.99
