"""Items of a PyTorch dataset as stored inputs."""

from collections.abc import Sequence
from typing import Any

import torch
from PIL import Image
from torch import Tensor
from torchvision.transforms.v2.functional import pil_to_tensor

from da.data.samples import Stored


class Items(Stored):
    """Inputs of a dataset, read when they are needed.

    Args:
        dataset: A dataset with a length.
        name: What errors call it.
        positions: Which items; all by default.
    """

    def __init__(self, dataset: Any, name: str, positions: Sequence[int] | None = None) -> None:
        self.dataset, self.name = dataset, name
        self.positions = range(len(dataset)) if positions is None else positions

    def __len__(self) -> int:
        return len(self.positions)

    def select(self, positions: Sequence[int]) -> "Items":
        return Items(self.dataset, self.name, [self.positions[i] for i in positions])

    def read(self, position: int) -> Tensor:
        item = self.dataset[self.positions[position]]
        value = item[0] if isinstance(item, (tuple, list)) else item
        if isinstance(value, Image.Image):
            return pil_to_tensor(value.convert("RGB"))
        if isinstance(value, Tensor) and value.ndim == 1:
            return value.float()
        if isinstance(value, Tensor) and value.ndim == 3 and value.dtype == torch.uint8:
            return value
        if isinstance(value, Tensor) and value.ndim == 3 and value.is_floating_point():
            # written so that NaN is refused too
            if not (value.min() >= 0 and value.max() <= 1):
                raise ValueError(
                    f"item {self.positions[position]} of {self.name!r} has pixels from "
                    f"{float(value.min()):.3g} to {float(value.max()):.3g}; give images in [0, 1] "
                    f"or as bytes, before they are standardized"
                )
            return value.mul(255).round().byte()
        what = f"a tensor {(*value.shape,)}" if isinstance(value, Tensor) else type(value).__name__
        raise ValueError(
            f"item {self.positions[position]} of {self.name!r} is {what}; an input is a PIL image, "
            f"a tensor (c, h, w) of bytes or of floats in [0, 1], or one (d,) of floats"
        )

    @property
    def labeled(self) -> bool:
        """Whether items are pairs of input and label."""
        item = self.dataset[self.positions[0]]
        return isinstance(item, (tuple, list)) and len(item) == 2

    def label(self, position: int) -> int:
        """Return the label of one item.

        Raises:
            ValueError: If it is no integer.
        """
        item = self.dataset[self.positions[position]]
        label = torch.as_tensor(item[1])
        if label.numel() != 1 or label.is_floating_point():
            raise ValueError(
                f"the label of item {self.positions[position]} of {self.name!r} is no integer; "
                f"got {item[1]!r}"
            )
        return int(label)

    def together(self) -> Tensor:
        """Return all inputs in one tensor.

        Raises:
            ValueError: If they have several sizes.
        """
        inputs = [self.read(i) for i in range(len(self))]
        if len(sizes := {tuple(x.shape) for x in inputs}) > 1:
            raise ValueError(
                f"the inputs of {self.name!r} have several sizes, such as {sorted(sizes)[:2]}; "
                f"leave in_memory out and choose a transform, such as da.data.Resize"
            )
        return torch.stack(inputs)
