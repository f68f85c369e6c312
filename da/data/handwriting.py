"""Real handwriting: the digits that scikit-learn ships."""

from functools import cache
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from da.data.drawing import PLATE, SIDE, Drawings, Side, affine, stream, warp
from da.data.splits import rank

COPIES = 6  # of each training digit
TEST_PER_CLASS = 60
BOX = 22  # pixels of the finished image that a digit fills


class Pools(NamedTuple):
    """Disjoint positions of digits: the test pool, and two halves to train different domains on."""

    test: list[int]
    first: list[int]
    second: list[int]


@cache
def plates() -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Return the 1,797 digits on ``(n, 84, 84)`` plates, and their labels.

    Alpaydin and Kaynak, *Optical Recognition of Handwritten Digits*, UCI Machine Learning
    Repository, 1998. https://doi.org/10.24432/C50P49

    The 8x8 digits are enlarged by bicubic interpolation and centred; the contrast is stretched a
    little, because the interpolation leaves strokes grey.
    """
    from sklearn.datasets import load_digits  # a second to import, which other data sets need not

    digits = load_digits()
    box = BOX * PLATE // SIDE
    margin = (PLATE - box) // 2
    result = np.zeros((len(digits.target), PLATE, PLATE), np.uint8)
    for plate, digit in zip(result, digits.images.astype(np.float32) / 16, strict=True):
        enlarged = Image.fromarray(digit).resize((box, box), Image.Resampling.BICUBIC)
        stretched = np.clip((np.asarray(enlarged) - 0.1) / 0.75, 0, 1)
        plate[margin : margin + box, margin : margin + box] = np.rint(255 * stretched)
    return result, digits.target.astype(np.int64)


@cache
def pools() -> Pools:
    """Return the pools, drawn by the hash of each digit's number, with equal shares of a class.

    Digits are disjoint, writers are not: the data set does not say who wrote which digit.
    """
    _, labels = plates()
    result = Pools([], [], [])
    for c in range(10):
        members = [int(i) for i in np.flatnonzero(labels == c)]
        members.sort(key=lambda i: rank(f"{i:04d}", "handwriting"))
        result.test.extend(members[:TEST_PER_CLASS])
        result.first.extend(members[TEST_PER_CLASS::2])
        result.second.extend(members[TEST_PER_CLASS + 1 :: 2])
    return Pools(*(sorted(pool) for pool in result))


def handwritten(domain: str, side: Side, half: Literal["first", "second"]) -> Drawings:
    """Return handwriting for one side of a domain.

    The training side holds several copies of each digit of a half, the first of them as it is and
    the others distorted a little; the test side holds each test digit once, as it is.
    """
    images, labels = plates()
    if side == "test":
        chosen = np.array(pools().test)
        ids = tuple(f"{domain}/{i:04d}" for i in chosen)
        return Drawings(warp(images[chosen]), labels[chosen], ids)
    originals = np.array(getattr(pools(), half))
    distorted = np.repeat(originals, COPIES - 1)
    maps = affine(
        stream(domain, side, "distortion"),
        len(distorted),
        rotation=12.0,
        scale=(0.85, 1.1),
        stretch=0.1,
        shear=0.15,
        shift=1.5,
    )
    as_it_is = warp(images[originals])[:, None]
    copies = warp(images[distorted], maps).reshape(len(originals), COPIES - 1, SIDE, SIDE)
    return Drawings(
        np.concatenate([as_it_is, copies], axis=1).reshape(-1, SIDE, SIDE),
        np.repeat(labels[originals], COPIES),
        tuple(f"{domain}/{i:04d}#{copy}" for i in originals for copy in range(COPIES)),
    )
