import pickle

import numpy as np
import pytest
import torch
from image_trees import picture
from PIL import Image

from da.data.images import ImageFiles, decode


def read(path, size=16, channels=3):
    return ImageFiles(path.parent, (path.name,), size, channels).read(0)


def save(image, path, **options):
    image.save(path, **options)
    return path


def test_an_image_is_resized_as_the_literature_does(tmp_path):
    path = picture(tmp_path / "a.png", size=(40, 25))
    expected = Image.open(path).resize((16, 16), Image.Resampling.BILINEAR)
    image = read(path)
    assert image.dtype == torch.uint8
    assert torch.equal(image, torch.from_numpy(np.array(expected)).permute(2, 0, 1))


def test_an_image_of_the_right_size_is_its_pixels(tmp_path):
    path = picture(tmp_path / "a.png", size=(16, 16))
    assert np.array_equal(read(path).permute(1, 2, 0), np.asarray(Image.open(path)))


@pytest.mark.parametrize("suffix", ["jpg", "png", "bmp", "gif", "tif", "webp", "ppm"])
def test_common_formats_are_read(tmp_path, suffix):
    assert read(picture(tmp_path / f"a.{suffix}")).shape == (3, 16, 16)


def test_grey_levels_become_equal_channels(tmp_path):
    image = read(picture(tmp_path / "a.jpg", mode="L"))
    assert torch.equal(image[0], image[1])
    assert torch.equal(image[0], image[2])


def test_a_colour_image_can_be_read_as_grey(tmp_path):
    path = picture(tmp_path / "a.png", size=(16, 16))
    grey = read(path, channels=1)
    assert torch.equal(grey, torch.from_numpy(np.array(Image.open(path).convert("L")))[None])


def test_a_print_keeps_its_colours(tmp_path):
    rgb = Image.new("RGB", (16, 16), (200, 60, 20))
    path = save(rgb.convert("CMYK"), tmp_path / "a.jpg", quality=100, subsampling=0)
    colour = read(path).float().mean((1, 2))
    torch.testing.assert_close(colour, torch.tensor([200.0, 60.0, 20.0]), atol=4, rtol=0)


def test_a_palette_is_looked_up(tmp_path):
    path = save(Image.new("RGB", (16, 16), (255, 0, 10)).quantize(4), tmp_path / "a.png")
    assert read(path)[:, 0, 0].tolist() == [255, 0, 10]


@pytest.mark.parametrize("suffix", ["png", "webp"])
def test_transparent_pixels_lie_over_white(tmp_path, suffix):
    image = Image.new("RGBA", (16, 16), (255, 0, 0, 0))
    image.paste((0, 0, 255, 255), (0, 0, 8, 16))
    half = read(save(image, tmp_path / f"a.{suffix}", lossless=True))
    assert half[:, 0, 0].tolist() == [0, 0, 255]
    assert half[:, 0, 15].tolist() == [255, 255, 255]


def test_a_transparent_colour_of_a_palette_lies_over_white(tmp_path):
    palette = Image.new("P", (16, 16), 1)
    palette.putpalette([0, 0, 0, 9, 9, 9])
    assert read(save(palette, tmp_path / "a.png", transparency=1)).unique().tolist() == [255]


def test_sixteen_bits_are_scaled_to_eight(tmp_path):
    values = np.full((16, 16), 0x8000, dtype=np.uint16)
    values[0, 0] = 0xFFFF
    image = read(save(Image.fromarray(values), tmp_path / "a.png"))
    assert image[:, 0, 0].tolist() == [255] * 3
    assert image[:, 5, 5].tolist() == [128] * 3  # 0x8000 of 0xFFFF is 127.502 of 255


def test_a_photograph_is_turned_as_its_camera_was(tmp_path):
    upright = Image.new("RGB", (16, 16), "black")
    upright.paste((255, 255, 255), (0, 0, 16, 8))  # the sky is up
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned clockwise by a quarter
    path = tmp_path / "a.png"
    save(upright.transpose(Image.Transpose.ROTATE_90), path, exif=exif)
    assert torch.equal(read(path), read(save(upright, tmp_path / "b.png")))


def test_a_truncated_file_is_named(tmp_path):
    path = picture(tmp_path / "a.jpg", size=(100, 100))
    path.write_bytes(path.read_bytes()[:-400])
    with pytest.raises(ValueError, match=r"a.jpg cannot be read as an image \(.*truncated"):
        read(path)


def test_a_file_that_is_no_image_is_named(tmp_path):
    (tmp_path / "a.jpg").write_text("<html>404</html>")
    with pytest.raises(ValueError, match="a.jpg cannot be read as an image .*; replace or remove"):
        read(tmp_path / "a.jpg")
    (tmp_path / "b.jpg").touch()
    with pytest.raises(ValueError, match="b.jpg cannot be read as an image"):
        read(tmp_path / "b.jpg")


def test_real_numbers_are_refused(tmp_path):
    path = save(Image.fromarray(np.ones((4, 4), np.float32)), tmp_path / "a.tif")
    with pytest.raises(ValueError, match="a.tif cannot be read .*its pixels are real numbers"):
        read(path)


def test_a_file_that_is_gone_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match="there is no image .*gone.png"):
        decode(tmp_path / "gone.png", 16)


def test_a_selection_reads_its_own_files_and_travels_to_workers(tmp_path):
    names = tuple(picture(tmp_path / f"{i}.png", seed=i).name for i in range(4))
    files = ImageFiles(tmp_path, names, 16)
    some = pickle.loads(pickle.dumps(files.select([3, 1])))
    assert len(some) == 2
    assert torch.equal(some.read(0), files.read(3))
    assert torch.equal(some.read(1), files.read(1))
