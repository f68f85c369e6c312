"""The networks that most papers after 2017 use for digits."""

from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor, nn

from da.backbones.base import Backbone
from da.backbones.bottleneck import BottleneckCallable, follow


class LeNet(Backbone):
    """Two 5x5 convolutions of 20 and 50 channels and 500 units, for MNIST and USPS.

    With dropout: Long et al., *Conditional Adversarial Domain Adaptation*, NeurIPS 2018, as in the
    authors' code, which Jiang et al., *Transferability in Deep Learning*, 2022, keep in theirs
    (https://arxiv.org/abs/1705.10667, https://github.com/thuml/Transfer-Learning-Library). Without:
    Tzeng et al., *Adversarial Discriminative Domain Adaptation*, CVPR 2017, whose code has Caffe's
    LeNet with a ReLU after each convolution (https://arxiv.org/abs/1702.05464). With a bottleneck:
    Liang, Hu & Feng, *Do We Really Need to Access the Source Data?*, ICML 2020, who have 256 units
    (https://arxiv.org/abs/2002.08546).

    Weights start as torch's do, as in CDAN's code; ADDA's starts with Glorot's.

    Args:
        in_channels: Channels of the images; the papers have grey ones.
        units: Units after the convolutions.
        dropout: Probability of dropout, of channels of the second convolution and of these units,
            in [0, 1).
        bottleneck: Whether these units are batch-normalized and have no activation.
        followed_by: Makes a narrower layer after them, for their number, whose units are then the
            features; the library of Jiang et al. has one for most methods.
    """

    def __init__(
        self,
        in_channels: int = 1,
        units: int = 500,
        dropout: float = 0.5,
        bottleneck: bool = False,
        followed_by: BottleneckCallable | None = None,
    ) -> None:
        super().__init__()
        _check(dropout)
        normalization = [nn.BatchNorm1d(units)] if bottleneck else [nn.ReLU()]
        self.layers = nn.Sequential(
            nn.Conv2d(in_channels, 20, 5),
            nn.MaxPool2d(2),  # before the activation: the same values on fewer elements
            nn.ReLU(),
            nn.Conv2d(20, 50, 5),
            nn.Dropout2d(dropout),
            nn.MaxPool2d(2),
            nn.ReLU(),
            nn.Flatten(),
            nn.Linear(50 * 4 * 4, units),
            *normalization,
            nn.Dropout(dropout),
        )
        self.plain = followed_by is None
        self.out_features = follow(self.layers, units, followed_by)
        self.to(memory_format=torch.channels_last)  # faster on a CPU; the same values

    @property
    def trunk(self) -> nn.Module:
        return self if self.plain else self.layers[:-1]

    def forward(self, inputs: Float[Tensor, "n c 28 28"]) -> Float[Tensor, "n d"]:
        return self.layers(inputs)


class WideLeNet(Backbone):
    """Two padded 5x5 convolutions of 32 and 64 channels and 1,024 units, for MNIST and USPS.

    Shen et al., *Wasserstein Distance Guided Representation Learning for Domain Adaptation*, AAAI
    2018, as in the authors' code (https://arxiv.org/abs/1707.01217,
    https://github.com/RockySJ/WDGRL).

    Weights start as torch's do; there from normal numbers of standard deviation 0.1.

    Args:
        in_channels: Channels of the images; the paper has grey ones.
    """

    def __init__(self, in_channels: int = 1) -> None:
        super().__init__()
        self.out_features = 1024
        self.layers = nn.Sequential(
            nn.Conv2d(in_channels, 32, 5, padding=2),
            nn.MaxPool2d(2),  # before the activation: the same values on fewer elements
            nn.ReLU(),
            nn.Conv2d(32, 64, 5, padding=2),
            nn.MaxPool2d(2),
            nn.ReLU(),
            nn.Flatten(),
            nn.Linear(64 * 7 * 7, self.out_features),
            nn.ReLU(),
        )
        self.to(memory_format=torch.channels_last)  # faster on a CPU; the same values

    def forward(self, inputs: Float[Tensor, "n c 28 28"]) -> Float[Tensor, "n d"]:
        return self.layers(inputs)


class DTN(Backbone):
    """Three strided 5x5 convolutions of 64, 128 and 256 channels and 512 units, for SVHN.

    Long et al., *Conditional Adversarial Domain Adaptation*, NeurIPS 2018, as in the authors' code,
    which Jiang et al., *Transferability in Deep Learning*, 2022, keep in theirs
    (https://arxiv.org/abs/1705.10667, https://github.com/thuml/Transfer-Learning-Library). With a
    bottleneck: Liang, Hu & Feng, *Do We Really Need to Access the Source Data?*, ICML 2020, who
    have 256 units (https://arxiv.org/abs/2002.08546).

    Batch normalization is in each layer. Weights start as torch's do, as in CDAN's code.

    Args:
        in_channels: Channels of the images; the papers have three.
        units: Units after the convolutions.
        dropout: Probability of dropout of channels, after each convolution, and of the units.
        bottleneck: Whether the units have no activation.
        followed_by: Makes a narrower layer after them; see :class:`LeNet`.
    """

    def __init__(
        self,
        in_channels: int = 3,
        units: int = 512,
        dropout: tuple[float, float, float, float] = (0.1, 0.3, 0.5, 0.5),
        bottleneck: bool = False,
        followed_by: BottleneckCallable | None = None,
    ) -> None:
        super().__init__()
        _check(*dropout)
        layers: list[Any] = []
        widths = (in_channels, 64, 128, 256)
        for inputs, outputs, p in zip(widths, widths[1:], dropout, strict=False):
            layers += [nn.Conv2d(inputs, outputs, 5, stride=2, padding=2), nn.BatchNorm2d(outputs)]
            layers += [nn.Dropout2d(p), nn.ReLU()]
        layers += [nn.Flatten(), nn.Linear(256 * 4 * 4, units)]
        layers += [nn.BatchNorm1d(units), *([] if bottleneck else [nn.ReLU()])]
        self.layers = nn.Sequential(*layers, nn.Dropout(dropout[-1]))
        self.plain = followed_by is None
        self.out_features = follow(self.layers, units, followed_by)
        self.to(memory_format=torch.channels_last)  # faster on a CPU; the same values

    @property
    def trunk(self) -> nn.Module:
        return self if self.plain else self.layers[:-1]

    def forward(self, inputs: Float[Tensor, "n c 32 32"]) -> Float[Tensor, "n d"]:
        return self.layers(inputs)


def _check(*dropout: float) -> None:
    if not all(0 <= p < 1 for p in dropout):
        raise ValueError(f"a probability of dropout lies in [0, 1); got dropout={dropout}")
