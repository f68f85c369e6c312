"""Feature extractors."""

from da.backbones.base import Backbone
from da.backbones.bottleneck import Bottleneck
from da.backbones.convolutions import MnistConvolutions, SvhnConvolutions
from da.backbones.digits import DigitCNN
from da.backbones.lenet import DTN, LeNet, WideLeNet
from da.backbones.mlp import MLP
from da.backbones.timm import Timm
from da.backbones.torchvision import Torchvision

__all__ = [
    "DTN",
    "MLP",
    "Backbone",
    "Bottleneck",
    "DigitCNN",
    "LeNet",
    "MnistConvolutions",
    "SvhnConvolutions",
    "Timm",
    "Torchvision",
    "WideLeNet",
]
