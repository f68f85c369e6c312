"""Networks whose domains are aligned on what their convolutions see.

Their classifiers have hidden layers, for which there is :class:`da.layers.Head`.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from da.backbones.base import Backbone
from da.backbones.bottleneck import BottleneckCallable, follow


class MnistConvolutions(Backbone):
    """5x5 convolutions of 32 and 48 channels, each pooled: 768 features of 28-pixel digits.

    Ganin et al., *Domain-Adversarial Training of Neural Networks*, JMLR 2016, Fig. 4a, for MNIST
    and MNIST-M, in front of a classifier of two hidden layers of 100 units and a discriminator of
    one (https://arxiv.org/abs/1505.07818). With batch normalization: Saito et al., *Maximum
    Classifier Discrepancy for Unsupervised Domain Adaptation*, CVPR 2018, for MNIST and USPS, as in
    the authors' code (https://arxiv.org/abs/1712.02560).

    Weights start as torch's do, as in MCD's code.

    Args:
        in_channels: Channels of the images.
        size: Height and width of the images, in pixels.
        padding: Zeros around what each convolution sees, in pixels; Bousmalis et al., *Domain
            Separation Networks*, NIPS 2016, have 2 on images of 32, in their code
            (https://arxiv.org/abs/1608.06019).
        filters: Channels of the two convolutions; those of Bousmalis et al. that see one domain
            alone have 32 and 64.
        batch_norm: Whether to normalize after each convolution.
        followed_by: Makes a narrower layer after them, for their number of features; domains are
            then aligned on that. Bousmalis et al. align the first hidden layer.
    """

    def __init__(
        self,
        in_channels: int = 3,
        size: int = 28,
        padding: int = 0,
        filters: tuple[int, int] = (32, 48),
        batch_norm: bool = False,
        followed_by: BottleneckCallable | None = None,
    ) -> None:
        super().__init__()
        first, second = filters
        self.layers = nn.Sequential(
            nn.Conv2d(in_channels, first, 5, padding=padding),
            *([nn.BatchNorm2d(first)] if batch_norm else []),
            nn.MaxPool2d(2),  # before the activation: the same values on fewer elements
            nn.ReLU(),
            nn.Conv2d(first, second, 5, padding=padding),
            *([nn.BatchNorm2d(second)] if batch_norm else []),
            nn.MaxPool2d(2),
            nn.ReLU(),
            nn.Flatten(),
        )
        self.plain = followed_by is None
        border = 2 * padding - 4  # what a convolution adds
        side = ((size + border) // 2 + border) // 2
        self.out_features = follow(self.layers, second * side**2, followed_by)
        self.to(memory_format=torch.channels_last)  # faster on a CPU; the same values

    @property
    def trunk(self) -> nn.Module:
        return self if self.plain else self.layers[:-1]

    def forward(self, inputs: Float[Tensor, "n c h w"]) -> Float[Tensor, "n d"]:
        return self.layers(inputs)


class SvhnConvolutions(Backbone):
    """5x5 convolutions of 64, 64 and 128 channels: 8,192 features of 32-pixel house numbers.

    Ganin et al., *Domain-Adversarial Training of Neural Networks*, JMLR 2016, Fig. 4b, in front of
    a classifier of hidden layers of 3,072 and 2,048 units and a discriminator of two of 1,024
    (https://arxiv.org/abs/1505.07818). The figure does not tell how borders are padded; this is as
    in the next. With batch normalization and ``hidden=3072``: Saito et al., *Maximum Classifier
    Discrepancy for Unsupervised Domain Adaptation*, CVPR 2018, as in the authors' code, where
    features are those of the first hidden layer (https://arxiv.org/abs/1712.02560).

    Weights start as torch's do, as in MCD's code.

    Args:
        in_channels: Channels of the images.
        batch_norm: Whether to normalize in each layer.
        hidden: Units of one more layer, with dropout of a half; none without it.
    """

    def __init__(
        self, in_channels: int = 3, batch_norm: bool = False, hidden: int | None = None
    ) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.Conv2d(in_channels, 64, 5, padding=2),
            *([nn.BatchNorm2d(64)] if batch_norm else []),
            nn.MaxPool2d(3, stride=2, padding=1),
            nn.ReLU(),
            nn.Conv2d(64, 64, 5, padding=2),
            *([nn.BatchNorm2d(64)] if batch_norm else []),
            nn.MaxPool2d(3, stride=2, padding=1),
            nn.ReLU(),
            nn.Conv2d(64, 128, 5, padding=2),
            *([nn.BatchNorm2d(128)] if batch_norm else []),
            nn.ReLU(),
            nn.Flatten(),
        )
        self.out_features = 128 * 8 * 8
        if hidden is not None:
            self.layers.append(nn.Linear(self.out_features, hidden))
            self.layers.extend([nn.BatchNorm1d(hidden)] if batch_norm else [])
            self.layers.extend([nn.ReLU(), nn.Dropout(0.5)])
            self.out_features = hidden
        self.to(memory_format=torch.channels_last)  # faster on a CPU; the same values

    def forward(self, inputs: Float[Tensor, "n c 32 32"]) -> Float[Tensor, "n d"]:
        return self.layers(inputs)
