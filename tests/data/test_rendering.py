import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from da.data import rendering
from da.data.rendering import FONTS, STROKES, crowded, glyphs, rendered


@pytest.fixture(scope="module")
def train_side():
    return rendered("fonts", "train")


def test_every_font_holds_ten_different_digits():
    thin = glyphs()[:, 0]
    for digits in thin:
        assert len(np.unique(digits.reshape(10, -1), axis=0)) == 10
        assert digits.reshape(10, -1).max(axis=1).min() == 255


def test_every_font_is_another():
    assert len(np.unique(glyphs()[:, 0].reshape(len(FONTS), -1), axis=0)) == len(FONTS) == 20


def test_digits_are_lining_figures():
    # old-style figures differ in height and hang below the line
    rows = glyphs()[:, 0].max(axis=3) > 127
    heights = rows.sum(axis=2)
    assert np.all(heights.min(axis=1) > 0.85 * heights.max(axis=1))


def test_glyphs_are_centred_and_fit_the_plate():
    ink = glyphs() > 127
    rows, columns = ink.any(axis=4), ink.any(axis=3)
    for extent in (rows, columns):
        first = extent.argmax(axis=-1)
        last = extent.shape[-1] - 1 - extent[..., ::-1].argmax(axis=-1)
        assert np.abs((first + last) / 2 - 41.5).max() <= 1
        assert first.min() > 0
        assert last.max() < 83


def test_a_wider_stroke_covers_more():
    ink = (glyphs() > 127).sum(axis=(3, 4))
    assert np.all(np.diff(ink, axis=1) > 0)
    assert len(STROKES) == ink.shape[1]


def test_glyphs_agree_with_a_plain_rendering_by_pillow():
    from matplotlib import get_data_path

    path = f"{get_data_path()}/fonts/ttf/{FONTS[0]}.ttf"
    plate = Image.new("L", (84, 84))
    font = ImageFont.truetype(path, 84)
    ImageDraw.Draw(plate).text((42, 42), "7", fill=255, font=font, anchor="mm")
    other, ours = (Image.fromarray(p) for p in (np.asarray(plate), glyphs()[0, 0, 7]))
    assert np.array_equal(*(np.asarray(image.crop(image.getbbox())) for image in (other, ours)))


def test_renderings_are_balanced_originals(train_side):
    assert np.bincount(train_side.labels).tolist() == [400] * 10
    assert np.bincount(rendered("fonts", "test").labels).tolist() == [100] * 10
    assert not any("#" in i for i in train_side.ids)


def test_train_and_test_share_no_id_and_no_image(train_side):
    test = rendered("fonts", "test")
    assert not set(train_side.ids) & set(test.ids)
    assert not {i.tobytes() for i in train_side.images} & {i.tobytes() for i in test.images}


def test_another_domain_has_other_renderings(train_side):
    other = rendered("fonts-m", "train")
    assert not {i.tobytes() for i in train_side.images} & {i.tobytes() for i in other.images}


def test_renderings_are_centred_but_for_the_shift(train_side):
    ink = train_side.images > 64
    for extent in (ink.any(axis=1), ink.any(axis=2)):
        first, last = extent.argmax(axis=1), 27 - extent[:, ::-1].argmax(axis=1)
        centres = (first + last) / 2 - 13.5
        assert abs(centres.mean()) < 0.1
        assert np.quantile(np.abs(centres), 0.99) <= 2.5
        assert centres.std() == pytest.approx(3 / np.sqrt(12), abs=0.2)  # uniform in [-1.5, 1.5]


def test_sizes_and_strokes_vary(train_side):
    heights = (train_side.images > 64).any(axis=2).sum(axis=1)
    assert np.quantile(heights, 0.05) <= 15
    assert np.quantile(heights, 0.95) >= 22


def test_neighbours_stand_at_the_sides_and_leave_the_middle_alone():
    alone, between = rendered("syn", "train"), crowded("syn", "train")
    assert np.array_equal(alone.labels, between.labels)
    assert np.all(between.images >= alone.images)
    added = (between.images.astype(float) - alone.images).mean(axis=0)
    assert added[:, 12:16].mean() < 3
    assert added[:, :3].mean() > 20
    assert added[:, -3:].mean() > 20


def test_a_missing_font_is_named(monkeypatch, tmp_path):
    monkeypatch.setattr("matplotlib.get_data_path", lambda: str(tmp_path))
    with pytest.raises(FileNotFoundError, match=r"DejaVuSans\.ttf does not exist; the rendered"):
        rendering.glyphs.__wrapped__()
