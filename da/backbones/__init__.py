"""Feature extractors."""

from da.backbones.base import Backbone
from da.backbones.digits import DigitCNN
from da.backbones.mlp import MLP
from da.backbones.timm import Timm

__all__ = ["MLP", "Backbone", "DigitCNN", "Timm"]
