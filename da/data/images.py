"""Image files of any kind as bytes of one size."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image, ImageOps
from torch import Tensor

from da.data.contents import digests
from da.data.samples import Stored

SIXTEEN_BITS = {"I", "I;16", "I;16B", "I;16L", "I;16N"}


@dataclass(frozen=True)
class ImageFiles(Stored):
    """Image files, decoded when they are read and resized to a square.

    The sides are resized each by its own factor, as the literature on Office data does; the resize
    is Pillow's bilinear one with antialiasing.

    Attributes:
        root: The folder that the names are relative to.
        names: Paths of the images below it, with forward slashes.
        size: Side of the square in pixels.
        channels: 3 for colour, 1 for grey.
    """

    root: Path
    names: tuple[str, ...]
    size: int = 256
    channels: int = 3

    def __len__(self) -> int:
        return len(self.names)

    def select(self, positions: Sequence[int]) -> "ImageFiles":
        return replace(self, names=tuple(self.names[i] for i in positions))

    def path(self, position: int) -> Path:
        """Return the path of one image."""
        return self.root / self.names[position]

    def digest(self) -> str:
        contents = [self.size, self.channels, digests(self.root, self.names)]
        return hashlib.sha256(json.dumps(contents).encode()).hexdigest()

    def read(self, position: int) -> Tensor:
        # a view whose channels lie side by side in memory, which crops and resizes are fastest on
        image = decode(self.path(position), self.size, self.channels)
        return torch.from_numpy(image).permute(2, 0, 1)


def decode(
    path: Path, size: int, channels: int = 3, content: bytes | None = None
) -> NDArray[np.uint8]:
    """Read one image of any kind.

    The orientation of EXIF is applied. Transparent pixels lie over white, as on the page of a
    catalogue. Sixteen bits are scaled to eight; of several frames, the first counts.

    Args:
        path: The file.
        size: Side of the square that it is resized to, in pixels.
        channels: 3 for colour, 1 for grey.
        content: What is in the file, if it was read already.

    Returns:
        ``(size, size, channels)``.

    Raises:
        FileNotFoundError: If there is no such file.
        ValueError: If the file is no image, or is damaged or truncated.
    """
    try:
        with Image.open(path if content is None else BytesIO(content)) as image:
            upright = ImageOps.exif_transpose(image)
            colour = _as_rgb(upright)
    except FileNotFoundError as error:
        raise FileNotFoundError(f"there is no image {path}; was it moved or deleted?") from error
    except Exception as error:  # what a broken file raises depends on its format
        reason = " ".join(str(error).split()) or type(error).__name__
        raise ValueError(
            f"{path} cannot be read as an image ({reason}); replace or remove it"
        ) from error
    if channels == 1:
        colour = colour.convert("L")
    pixels = np.array(colour.resize((size, size), Image.Resampling.BILINEAR))
    return pixels.reshape(size, size, channels)


def _as_rgb(image: Image.Image) -> Image.Image:
    if image.mode in SIXTEEN_BITS:
        grey = np.clip(np.asarray(image).astype(np.int64), 0, 65535) * 255 / 65535
        return Image.fromarray(grey.round().astype(np.uint8)).convert("RGB")
    if image.mode == "F":
        raise ValueError("its pixels are real numbers, of which nobody knows the range")
    if image.mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in image.info:
        layer = image.convert("RGBA")
        white = Image.new("RGBA", layer.size, "white")
        return Image.alpha_composite(white, layer).convert("RGB")
    return image.convert("RGB")
