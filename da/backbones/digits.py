"""Small convolutional network for 28-pixel digits."""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from da.backbones.base import Backbone


class DigitCNN(Backbone):
    """Two 5x5 convolutions and a bottleneck, in the manner of DANN's network for MNIST.

    Ganin et al., *Domain-Adversarial Training of Neural Networks*, JMLR 2016, Fig. 4a.
    https://arxiv.org/abs/1505.07818

    Weights start with variance ``1 / fan_in`` (LeCun et al., *Efficient BackProp*, 1998, Eq. 16).
    Torch's default starts with features a fifth as large, on which a discrepancy whose bandwidth
    follows their scale has gradients five times as large: it could keep the task from being learned
    at all.

    Args:
        in_channels: Channels of the images.
        channels: Channels of the two convolutions.
        out_features: Width of the bottleneck.
        batch_norm: Whether to normalize after each convolution and in the bottleneck.
    """

    def __init__(
        self,
        in_channels: int = 3,
        channels: tuple[int, int] = (16, 32),
        out_features: int = 128,
        batch_norm: bool = False,
    ) -> None:
        super().__init__()
        first, second = channels
        self.layers = nn.Sequential(
            nn.Conv2d(in_channels, first, 5, bias=not batch_norm),
            *([nn.BatchNorm2d(first)] if batch_norm else []),
            # Pooling before the activation gives the same values on a quarter of the elements.
            nn.MaxPool2d(2),
            nn.ReLU(),
            nn.Conv2d(first, second, 5, bias=not batch_norm),
            *([nn.BatchNorm2d(second)] if batch_norm else []),
            nn.MaxPool2d(2),
            nn.ReLU(),
            nn.Flatten(),
            nn.Linear(second * 4 * 4, out_features, bias=not batch_norm),
            *([nn.BatchNorm1d(out_features)] if batch_norm else []),
            nn.ReLU(),
        )
        self.out_features = out_features
        for layer in self.layers:
            if isinstance(layer, nn.Conv2d | nn.Linear):
                nn.init.kaiming_normal_(layer.weight, nonlinearity="linear")
                if layer.bias is not None:
                    nn.init.zeros_(layer.bias)
        # Twice as fast on a CPU; the values are the same.
        self.to(memory_format=torch.channels_last)

    def forward(self, inputs: Float[Tensor, "n c 28 28"]) -> Float[Tensor, "n d"]:
        return self.layers(inputs)
