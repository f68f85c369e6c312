"""Digits rendered with the text fonts that matplotlib ships."""

from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from da.data.drawing import PLATE, Drawings, Side, affine, stream, warp

# The fonts with upright or slanted lining digits. In cmmi10 and cmti10 digits hang below the line;
# the others of that folder hold no digits at all.
FONTS = (
    *("DejaVuSans", "DejaVuSans-Bold", "DejaVuSans-Oblique", "DejaVuSans-BoldOblique"),
    *("DejaVuSansMono", "DejaVuSansMono-Bold"),
    *("DejaVuSansMono-Oblique", "DejaVuSansMono-BoldOblique"),
    *("DejaVuSerif", "DejaVuSerif-Bold", "DejaVuSerif-Italic", "DejaVuSerif-BoldItalic"),
    *("STIXGeneral", "STIXGeneralBol", "STIXGeneralItalic", "STIXGeneralBolIta"),
    *("cmb10", "cmr10", "cmss10", "cmtt10"),
)
STROKES = (0, 1, 2, 3)  # how far outlines are widened, in pixels of the plate
TRAIN, TEST = 4000, 1000


@cache
def glyphs() -> NDArray[np.uint8]:
    """Return all digits in all fonts and strokes, shape ``(fonts, strokes, 10, 84, 84)``.

    Raises:
        FileNotFoundError: If matplotlib was installed without one of the fonts.
    """
    import matplotlib  # not needed by other data sets

    folder = Path(matplotlib.get_data_path()) / "fonts" / "ttf"
    result = np.zeros((len(FONTS), len(STROKES), 10, PLATE, PLATE), np.uint8)
    for f, name in enumerate(FONTS):
        path = folder / f"{name}.ttf"
        if not path.exists():
            raise FileNotFoundError(
                f"matplotlib's font {path} does not exist; the rendered digits need the fonts of "
                f"its wheel, which `pip install --force-reinstall matplotlib` restores"
            )
        font = ImageFont.truetype(str(path), float(PLATE))
        for s, stroke in enumerate(STROKES):
            for digit in range(10):
                result[f, s, digit] = _centred(str(digit), font, stroke)
    return result


def rendered(domain: str, side: Side) -> Drawings:
    """Return renderings for one side of a domain, as many of each class; every one an original."""
    labels, font, stroke, maps = _choices(domain, side)
    images = warp(glyphs()[font, stroke, labels], maps)
    return Drawings(images, labels, _ids(domain, side))


def crowded(domain: str, side: Side) -> Drawings:
    """Return renderings between parts of two other digits of the same font."""
    labels, font, stroke, maps = _choices(domain, side)
    rng = stream(domain, side, "neighbours")
    images = warp(glyphs()[font, stroke, labels], maps)
    for direction in (-1, 1):
        others = rng.integers(10, size=len(labels))
        # to the plate's pixels from the result's: what stands right is read further left
        distance = rng.uniform(0.62, 0.9, len(labels)) * PLATE
        beside = maps.copy()
        beside[:, 0, 2] -= direction * distance
        images = np.maximum(images, warp(glyphs()[font, stroke, others], beside))
    return Drawings(images, labels, _ids(domain, side))


def _choices(domain: str, side: Side) -> tuple[NDArray, NDArray, NDArray, NDArray]:
    """Draw labels, fonts, strokes and distortions."""
    size = TRAIN if side == "train" else TEST
    rng = stream(domain, side, "rendering")
    font = rng.integers(len(FONTS), size=size)
    stroke = rng.integers(len(STROKES), size=size)
    maps = affine(rng, size, rotation=12.0, scale=(0.65, 1.1), stretch=0.15, shear=0.2, shift=1.5)
    return np.arange(size) % 10, font, stroke, maps


def _ids(domain: str, side: Side) -> tuple[str, ...]:
    first, size = (0, TRAIN) if side == "train" else (TRAIN, TEST)
    return tuple(f"{domain}/{i:04d}" for i in range(first, first + size))


def _centred(text: str, font: ImageFont.FreeTypeFont, stroke: int) -> NDArray[np.uint8]:
    wide = Image.new("L", (2 * PLATE, 2 * PLATE))
    ImageDraw.Draw(wide).text((PLATE // 2, 0), text, fill=255, font=font, stroke_width=stroke)
    # by its ink: the box that Pillow reports for a text includes the space round it
    ink = wide.crop(wide.getbbox())
    plate = Image.new("L", (PLATE, PLATE))
    plate.paste(ink, ((PLATE - ink.width) // 2, (PLATE - ink.height) // 2))
    return np.asarray(plate)
