import numpy as np
import pytest

from da.data.drawing import PLATE, SIDE, affine, stream, warp

STILL = {"rotation": 0.0, "scale": (1.0, 1.0), "stretch": 0.0, "shear": 0.0, "shift": 0.0}


def maps(size=200, **changes):
    return affine(np.random.default_rng(0), size, **{**STILL, **changes})


def plates(seed=0, size=3):
    rng = np.random.default_rng(seed)
    blocks = rng.integers(256, size=(size, SIDE, SIDE)).astype(np.uint8)
    return blocks.repeat(3, axis=1).repeat(3, axis=2), blocks


def ellipse(width, height):
    y, x = np.mgrid[:PLATE, :PLATE] - (PLATE - 1) / 2
    return (255 * ((x / width) ** 2 + (y / height) ** 2 <= 1)).astype(np.uint8)


def moments(image):
    """Mass, centre and covariance of an image in its own pixels, from their definitions."""
    y, x = np.mgrid[: image.shape[0], : image.shape[1]] - (image.shape[0] - 1) / 2
    mass = image.astype(float).sum()
    points = np.stack([x.ravel(), y.ravel()])
    return mass / 255, points @ image.ravel() / mass, np.cov(points, aweights=image.ravel())


def test_a_plate_that_is_not_distorted_is_reduced_by_the_mean_of_its_blocks():
    large, blocks = plates()
    np.testing.assert_array_equal(warp(large), blocks)


def test_a_map_without_any_change_leaves_the_plate_as_it_is():
    large, blocks = plates()
    np.testing.assert_array_equal(warp(large, maps(3)), blocks)


def test_a_scale_multiplies_the_area_by_its_square():
    image = warp(ellipse(20, 20)[None], maps(1, scale=(1.3, 1.3)))[0]
    mass, centre, _ = moments(image)
    assert mass == pytest.approx(np.pi * (20 / 3 * 1.3) ** 2, rel=0.02)
    np.testing.assert_allclose(centre, 0, atol=0.05)


def test_a_rotation_turns_and_keeps_centre_and_area():
    drawn = maps(1, rotation=40.0)
    angle = np.degrees(np.arctan2(drawn[0, 1, 0], drawn[0, 0, 0]))
    assert 5 < abs(angle) < 40
    mass, centre, covariance = moments(warp(ellipse(30, 12)[None], drawn)[0])
    axis = np.linalg.eigh(covariance)[1][:, 1]
    turned = np.degrees(np.arctan2(axis[1], axis[0])) % 180
    assert turned == pytest.approx(-angle % 180, abs=1.5)  # the map leads from result to plate
    assert mass == pytest.approx(np.pi * 10 * 4, rel=0.03)
    np.testing.assert_allclose(centre, 0, atol=0.1)


def test_shifts_are_in_pixels_of_the_finished_image():
    drawn = maps(100, shift=2.0)
    centres = np.array(
        [moments(image)[1] for image in warp(ellipse(15, 15)[None].repeat(100, 0), drawn)]
    )
    np.testing.assert_allclose(centres, -drawn[:, :, 2] / 3, atol=0.05)
    assert 1.8 < np.abs(centres).max() <= 2.05


def test_parameters_stay_in_their_ranges():
    linear = maps(2000, scale=(0.7, 1.2), stretch=0.1)[:, :, :2]
    height, width = 1 / linear[:, 1, 1], 1 / linear[:, 0, 0]
    assert 0.7 <= height.min() < 0.71
    assert 1.19 < height.max() <= 1.2
    assert 0.9 <= (width / height).min() < 0.91
    assert 1.09 < (width / height).max() <= 1.1


def test_streams_depend_on_domain_side_and_purpose():
    names = [("a", "train", "x"), ("b", "train", "x"), ("a", "test", "x"), ("a", "train", "y")]
    assert len({stream(*name).integers(2**60) for name in names}) == 4
    assert stream(*names[0]).integers(2**60) == stream(*names[0]).integers(2**60)
