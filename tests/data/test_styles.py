import numpy as np
import pytest
import torch
from scipy import ndimage

from da.data.drawing import Drawings, stream
from da.data.photographs import crops
from da.data.styles import coloured, noisy, on_photographs, plain

STYLES = [plain, on_photographs, noisy, coloured]


def drawings(images):
    n = len(images)
    return Drawings(images.astype(np.uint8), np.arange(n) % 10, tuple(f"d/{i}" for i in range(n)))


@pytest.fixture
def squares():
    images = np.zeros((60, 28, 28))
    images[:, 8:20, 8:20] = 255
    return drawings(images)


@pytest.mark.parametrize("style", STYLES)
def test_a_style_keeps_labels_and_ids_and_yields_colour_images(style, squares):
    samples = style("d", "train", squares)
    assert samples.inputs.shape == (60, 3, 28, 28)
    assert samples.inputs.dtype == torch.uint8
    assert samples.labels.tolist() == squares.labels.tolist()
    assert samples.ids == squares.ids


@pytest.mark.parametrize("style", STYLES)
def test_a_style_is_the_same_every_time(style, squares):
    first, second = (style("d", "train", squares).inputs for _ in range(2))
    assert torch.equal(first, second)


@pytest.mark.parametrize("style", STYLES[1:])
def test_domains_and_sides_draw_other_numbers(style, squares):
    first = style("d", "train", squares).inputs
    assert not torch.equal(first, style("e", "train", squares).inputs)
    assert not torch.equal(first, style("d", "test", squares).inputs)


def test_plain_digits_are_grey(squares):
    samples = plain("d", "train", squares)
    for channel in samples.inputs.unbind(1):
        assert np.array_equal(channel.numpy(), squares.images)


def test_a_photograph_shows_where_there_is_no_digit_and_the_difference_where_there_is(squares):
    result = on_photographs("d", "train", squares).inputs.numpy().transpose(0, 2, 3, 1)
    photographs = crops(stream("d", "train", "photographs"), 60, "train").astype(float)
    ink = squares.images > 0
    np.testing.assert_array_equal(result[~ink], photographs[~ink])
    expected = np.abs(photographs - 0.7 * 255)
    np.testing.assert_allclose(result[ink], expected[ink], atol=0.5001)


def test_noise_has_its_strength_and_digits_stay_brighter_than_the_ground(squares):
    grey = noisy("d", "train", squares).inputs[:, 0].numpy().astype(float)
    assert np.all(grey[:, 11:17, 11:17].mean(axis=(1, 2)) > grey[:, :4].mean(axis=(1, 2)) + 30)
    # far from the digit and from clipping, neighbours differ by noise alone
    light = grey[grey[:, :4].mean(axis=(1, 2)) > 70]
    differences = np.diff(light[:, :4], axis=2)
    assert differences.std() / np.sqrt(2) == pytest.approx(22, rel=0.05)


def test_most_coloured_digits_stand_out_from_their_ground(squares):
    images = coloured("d", "train", squares).inputs.numpy().astype(float)
    ink = images[:, :, 10:18, 10:18].mean(axis=(2, 3))
    ground = np.concatenate([images[:, :, :5], images[:, :, -5:]], axis=2).mean(axis=(2, 3))
    distance = np.linalg.norm(ink - ground, axis=1)
    assert np.quantile(distance, 0.1) > 80
    assert len(np.unique(np.rint(ground / 16), axis=0)) > 50  # of 60


def test_some_coloured_digits_are_blurred_and_some_are_not(squares):
    images = coloured("d", "train", squares).inputs.numpy().astype(float).mean(axis=1)
    edges = np.abs(ndimage.sobel(images, axis=2))[:, 10:18, 6:10].max(axis=(1, 2))
    height = np.abs(images[:, 10:18, 10:18].mean((1, 2)) - images[:, 10:18, 2:6].mean((1, 2)))
    steepness = (edges / (4 * height))[height > 30]
    assert steepness.max() > 1.3 * np.median(steepness) or steepness.min() < 0.8
