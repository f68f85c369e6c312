"""What transfer tasks between image files have in common."""

from abc import ABC
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch

from da.data.base import TransferTask
from da.data.cache import cached
from da.data.contents import copies
from da.data.feed import IMAGENET, Transform
from da.data.images import ImageFiles
from da.data.samples import Inputs, Samples, Stored
from da.data.transforms import CenterCrop, RandomCrop, Strong


class ImageTask(TransferTask, ABC):
    """Adapt from images in files to others.

    The id of a sample is the path of its file below the folder of its domain. Copies of one file
    have one original, so that they stay on one side of every split.

    Args:
        source: Name of the labelled domain.
        target: Name of the unlabelled domain.
        size: Side of the square, in pixels, that images are resized to when they are read.
        cache: Keep them decoded below DA_CACHE_ROOT, by default ``~/.cache/da``: an image takes
            ``3 * size ** 2`` bytes there, and microseconds to read.
        transform: Changes one training image; by default a random part of it is resized to 7/8 of
            ``size``, which makes 224 of 256, and mirrored or not.
        eval_transform: Changes one image that is evaluated; by default its middle is cut out, as
            large.
        **kwargs: See :class:`TransferTask`.
    """

    pixels = IMAGENET
    reads_files = True

    def __init__(
        self,
        source: str,
        target: str,
        *,
        size: int = 256,
        cache: bool = False,
        transform: Transform | None = None,
        eval_transform: Transform | None = None,
        **kwargs: Any,
    ) -> None:
        if size < 8:
            raise ValueError(f"images have at least 8 pixels a side; got size={size}")
        crop = size * 7 // 8
        super().__init__(
            source,
            target,
            transform=transform or RandomCrop(crop),
            eval_transform=eval_transform or CenterCrop(crop),
            **kwargs,
        )
        self.size, self.cache = size, cache

    def default_strong(self) -> Transform:
        return Strong(self.size * 7 // 8)

    def labeled(self, folder: Path, names: Sequence[str], labels: Sequence[int]) -> Samples:
        """Return images of known classes.

        Args:
            folder: Folder of the domain.
            names: Paths of the images below it.
            labels: Class of each.
        """
        unlabeled = self.unlabeled(folder, names)
        return Samples(unlabeled.inputs, torch.tensor(labels, dtype=torch.long), unlabeled.ids)

    def unlabeled(self, folder: Path, names: Sequence[str]) -> Inputs:
        """Return images of unknown classes."""
        files = ImageFiles(folder, tuple(names), self.size, self.in_channels)
        images: Stored = cached(files) if self.cache else files
        return Inputs(images, tuple(copies(folder, names)))
