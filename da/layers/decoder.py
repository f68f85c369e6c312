"""Images drawn from features."""

from itertools import pairwise

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn


class Decoder(nn.Module):
    """Draws small images, enlarges them by repeating pixels, and refines them.

    A linear layer to three channels and two 3x3 convolutions, then, at full size, two more. As in
    the code of Bousmalis et al., *Domain Separation Networks*, NIPS 2016
    (https://arxiv.org/abs/1608.06019), which normalizes each layer, and the drawn images too.

    Args:
        in_features: Width of the features.
        out_channels: Channels of the images.
        side: Height and width of the small images, in pixels; at least 1.
        width: Channels of each convolution but the last; at least 1.
        batch_norm: Whether to normalize in each layer but the last.

    Raises:
        ValueError: If there would be no pixel or no channel.
    """

    def __init__(
        self,
        in_features: int,
        out_channels: int,
        side: int = 10,
        width: int = 16,
        batch_norm: bool = False,
    ) -> None:
        super().__init__()
        if side < 1 or width < 1:
            raise ValueError(
                f"a decoder has at least 1 pixel and channel; got side={side}, width={width}"
            )
        pixels = 3 * side**2
        self.small = nn.Sequential(
            nn.Linear(in_features, pixels, bias=not batch_norm),
            *([nn.BatchNorm1d(pixels)] if batch_norm else []),
            nn.ReLU(),
            nn.Unflatten(1, (3, side, side)),
            *_convolutions(3, width, width, batch_norm=batch_norm),
        )
        self.large = nn.Sequential(
            *_convolutions(width, width, batch_norm=batch_norm),
            nn.Conv2d(width, out_channels, 3, padding=1),
        )
        self.to(memory_format=torch.channels_last)  # faster on a CPU; the same values

    def forward(self, features: Float[Tensor, "n d"], size: tuple[int, int]) -> Tensor:
        """Draw images ``(n, c, h, w)``.

        Args:
            features: What to draw.
            size: Height and width, in pixels.
        """
        return self.large(F.interpolate(self.small(features), size))


def _convolutions(*channels: int, batch_norm: bool) -> list[nn.Module]:
    layers: list[nn.Module] = []
    for inputs, outputs in pairwise(channels):
        layers += [nn.Conv2d(inputs, outputs, 3, padding=1, bias=not batch_norm)]
        layers += [nn.BatchNorm2d(outputs)] if batch_norm else []
        layers += [nn.ReLU()]
    return layers
