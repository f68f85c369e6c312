"""Crops of the two photographs that scikit-learn ships."""

from collections.abc import Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

from da.data.drawing import SIDE, Side
from da.data.splits import uniform

TRAIN_SHARE = 0.65  # of each photograph's width, from the left; the rest is for test


@cache
def photographs() -> tuple[NDArray[np.uint8], ...]:
    """Return the photographs, ``(height, width, 3)`` each."""
    from sklearn.datasets import load_sample_images  # a second to import

    return tuple(load_sample_images().images)


def columns(width: int, side: Side) -> tuple[int, int]:
    """Return the first column of a photograph that a side may use, and the one after its last."""
    cut = int(TRAIN_SHARE * width)
    return (0, cut) if side == "train" else (cut, width)


def crops(rng: np.random.Generator, size: int, side: Side) -> NDArray[np.uint8]:
    """Draw ``(size, 28, 28, 3)`` crops; those of train and test never overlap."""
    result = np.empty((size, SIDE, SIDE, 3), np.uint8)
    which = rng.integers(len(photographs()), size=size)
    for p, photograph in enumerate(photographs()):
        members = np.flatnonzero(which == p)
        height, width, _ = photograph.shape
        start, stop = columns(width, side)
        top = rng.integers(height - SIDE + 1, size=len(members))
        left = rng.integers(start, stop - SIDE + 1, size=len(members))
        windows = np.lib.stride_tricks.sliding_window_view(photograph, (SIDE, SIDE), axis=(0, 1))
        result[members] = windows[top, left].transpose(0, 2, 3, 1)
    return result


def patches(ids: Sequence[str], height: int, width: int, salt: str) -> NDArray[np.uint8]:
    """Return a ``(height, width, 3)`` crop for each id, which depends on it and the salt alone.

    Raises:
        ValueError: If a photograph is smaller.
    """
    result = np.empty((len(ids), height, width, 3), np.uint8)
    which, top, left = (
        uniform(ids, f"{salt}:{what}").numpy() for what in ("photograph", "top", "left")
    )
    for p, photograph in enumerate(photographs()):
        rows, columns = photograph.shape[0] - height + 1, photograph.shape[1] - width + 1
        if rows < 1 or columns < 1:
            raise ValueError(
                f"the photographs have {photograph.shape[0]} x {photograph.shape[1]} pixels, and "
                f"no patch of {height} x {width}; choose smaller images"
            )
        members = np.flatnonzero((which * len(photographs())).astype(int) == p)
        windows = np.lib.stride_tricks.sliding_window_view(photograph, (height, width), axis=(0, 1))
        places = (top[members] * rows).astype(int), (left[members] * columns).astype(int)
        result[members] = windows[places].transpose(0, 2, 3, 1)
    return result
