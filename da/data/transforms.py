"""Changes of one image: uint8 ``(c, h, w)`` in and out, never in place.

Randomness comes from torch's global generator, which the loaders seed for each batch.
"""

import numpy as np
import torch
from PIL import Image
from torch import Tensor
from torchvision.transforms import v2
from torchvision.transforms.v2 import functional as F

GREY = 127  # what is cut out is filled with


class Resize:
    """Resize an image to a square, bilinear with antialiasing.

    Args:
        size: Side in pixels.
    """

    def __init__(self, size: int) -> None:
        self.size = _positive(size)

    def __call__(self, image: Tensor) -> Tensor:
        return F.resize(image, [self.size, self.size], antialias=True)


class CenterCrop:
    """Cut a square out of the middle of an image.

    Args:
        size: Side in pixels.
    """

    def __init__(self, size: int) -> None:
        self.size = _positive(size)

    def __call__(self, image: Tensor) -> Tensor:
        height, width = image.shape[1:]
        if min(height, width) < self.size:
            raise ValueError(
                f"a crop of {self.size} pixels is larger than an image of {height} x {width}; "
                f"choose a smaller crop, or read the images larger"
            )
        return F.center_crop(image, [self.size, self.size])


class RandomCrop:
    """Resize a random part of an image to a square and mirror half of them: ImageNet's training.

    Szegedy et al., *Going Deeper with Convolutions*, CVPR 2015, Sec. 6.
    https://arxiv.org/abs/1409.4842

    Args:
        size: Side in pixels.
        smallest: Smallest share of the image's area, in (0, 1].
        flip: Whether half of the images are mirrored; wrong for digits and letters.
    """

    def __init__(self, size: int, smallest: float = 0.08, flip: bool = True) -> None:
        if not 0 < smallest <= 1:
            raise ValueError(f"the smallest share of an image lies in (0, 1]; got {smallest}")
        self.size, self.flip = _positive(size), flip
        # torchvision draws the part; its own call takes a quarter longer, which images feel
        self.part = v2.RandomResizedCrop(size, scale=(smallest, 1.0), antialias=True)

    def __call__(self, image: Tensor) -> Tensor:
        part = F.crop(image, **self.part.make_params([image]))
        # a copy of the part alone, channels last, is what torch resizes fastest
        part = part.permute(1, 2, 0).contiguous().permute(2, 0, 1)
        image = F.resize(part, [self.size, self.size], antialias=True)
        return _mirrored(image) if self.flip else image


class Crop:
    """Cut a square out of an image and mirror half of them: training on photographs of one object.

    Krizhevsky, Sutskever & Hinton, *ImageNet Classification with Deep Convolutional Neural
    Networks*, NeurIPS 2012, Sec. 4.1: 224 of 256 pixels at a random place.

    Args:
        size: Side in pixels.
        anywhere: Whether the square is at a random place; else it is the middle.
        flip: Whether half of the images are mirrored; wrong for digits and letters.
    """

    def __init__(self, size: int, anywhere: bool = True, flip: bool = True) -> None:
        self.middle, self.anywhere, self.flip = CenterCrop(size), anywhere, flip

    def __call__(self, image: Tensor) -> Tensor:
        part = self.middle(image)  # which refuses images that are too small
        if self.anywhere:
            size = self.middle.size
            top, left = (int(torch.randint(n - size + 1, ())) for n in image.shape[1:])
            part = image[:, top : top + size, left : left + size]
        return _mirrored(part) if self.flip else part


class Weak:
    """Move an image by up to an eighth and mirror half of them: the weak view of FixMatch.

    Sohn et al., *FixMatch: Simplifying Semi-Supervised Learning with Consistency and Confidence*,
    NeurIPS 2020, Sec. 2.3. https://arxiv.org/abs/2001.07685

    Where the image ends, it is continued by its reflection.

    Args:
        size: Side of the result in pixels.
        flip: Whether half of the images are mirrored; wrong for digits and letters.
    """

    def __init__(self, size: int, flip: bool = True) -> None:
        self.size, self.flip = _positive(size), flip

    def __call__(self, image: Tensor) -> Tensor:
        reach = self.size // 8
        side = self.size + 2 * reach
        height, width = image.shape[1:]
        if min(height, width) < side:
            if min(height, width) <= side // 2:
                raise ValueError(
                    f"an image of {height} x {width} is too small to be moved within "
                    f"{self.size} pixels; choose a smaller size, or read the images larger"
                )
            image = _reflected(_reflected(image, 1, side - height), 2, side - width)
        rows, columns = torch.randint(2 * reach + 1, (2,)).tolist()
        y, x = ((n - side) // 2 for n in image.shape[1:])
        image = image[:, y + rows :, x + columns :][:, : self.size, : self.size]
        return _mirrored(image) if self.flip else image


class RandAugment:
    """Apply some of fourteen distortions of colour and geometry, drawn for each image.

    Cubuk et al., *RandAugment: Practical Automated Data Augmentation with a Reduced Search Space*,
    NeurIPS 2020. https://arxiv.org/abs/1909.13719

    Args:
        num_ops: How many distortions follow one another.
        magnitude: How strong they are, from 0 to 30.
    """

    def __init__(self, num_ops: int = 2, magnitude: int = 9) -> None:
        if num_ops < 1 or not 0 <= magnitude <= 30:
            raise ValueError(
                f"at least 1 distortion is applied, of a magnitude from 0 to 30; "
                f"got {num_ops=}, {magnitude=}"
            )
        self.distort = v2.RandAugment(num_ops, magnitude, fill=GREY)

    def __call__(self, image: Tensor) -> Tensor:
        # Pillow distorts large images four times as fast as torchvision does tensors
        pixels = image[0] if len(image) == 1 else image.permute(1, 2, 0)
        distorted = np.array(self.distort(Image.fromarray(pixels.numpy())))
        return torch.from_numpy(distorted.reshape(*image.shape[1:], -1)).permute(2, 0, 1)


class Strong:
    """The weak view, distorted by RandAugment and with a square cut out: FixMatch's strong view.

    Sohn et al., *FixMatch: Simplifying Semi-Supervised Learning with Consistency and Confidence*,
    NeurIPS 2020, Sec. 2.3 and Appendix D. https://arxiv.org/abs/2001.07685
    Cutout: DeVries & Taylor, *Improved Regularization of Convolutional Neural Networks with
    Cutout*, 2017. https://arxiv.org/abs/1708.04552

    The magnitude is the same for each image, as in RandAugment's paper.

    Args:
        size: Side of the result in pixels.
        num_ops: How many distortions follow one another.
        magnitude: How strong they are, from 0 to 30.
        cutout: Largest side of the grey square, as a share of the image's, in [0, 1].
        flip: Whether half of the images are mirrored; wrong for digits and letters.
    """

    def __init__(
        self,
        size: int,
        num_ops: int = 2,
        magnitude: int = 9,
        cutout: float = 0.5,
        flip: bool = True,
    ) -> None:
        if not 0 <= cutout <= 1:
            raise ValueError(f"the largest cutout lies in [0, 1]; got {cutout}")
        self.weak, self.distort = Weak(size, flip), RandAugment(num_ops, magnitude)
        self.cutout = cutout

    def __call__(self, image: Tensor) -> Tensor:
        image = self.distort(self.weak(image))  # a new image, which may be written to
        share, row, column = torch.rand(3).tolist()
        size = self.weak.size
        half = share * self.cutout * size / 2
        top, left = max(round(row * size - half), 0), max(round(column * size - half), 0)
        image[:, top : round(row * size + half), left : round(column * size + half)] = GREY
        return image


def _reflected(image: Tensor, axis: int, extra: int) -> Tensor:
    """Continue an image by its reflection at both ends; torch's own padding is for floats."""
    if extra <= 0:
        return image
    before, after = extra // 2, extra - extra // 2
    size = image.shape[axis]
    first = image.narrow(axis, 1, before).flip(axis)
    last = image.narrow(axis, size - 1 - after, after).flip(axis)
    return torch.cat([first, image, last], axis)


def _mirrored(image: Tensor) -> Tensor:
    return image.flip(-1) if torch.rand(()).item() < 0.5 else image


def _positive(size: int) -> int:
    if size < 1:
        raise ValueError(f"an image has at least 1 pixel; got size={size}")
    return size
