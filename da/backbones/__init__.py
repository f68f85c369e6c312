"""Feature extractors."""

from da.backbones.base import Backbone
from da.backbones.digits import DigitCNN
from da.backbones.mlp import MLP
from da.backbones.timm import Timm
from da.backbones.torchvision import Torchvision

__all__ = ["MLP", "Backbone", "DigitCNN", "Timm", "Torchvision"]
