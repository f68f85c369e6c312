"""Multi-layer perceptron for feature vectors."""

from collections.abc import Sequence
from itertools import pairwise

from jaxtyping import Float
from torch import Tensor, nn

from da.backbones.base import Backbone


class MLP(Backbone):
    """Linear layers with ReLU.

    Args:
        in_channels: Width of the inputs.
        hidden: Width of each layer, the last of which is the bottleneck.
    """

    def __init__(self, in_channels: int, hidden: Sequence[int] = (64, 64)) -> None:
        super().__init__()
        if not hidden or min(hidden) < 1:
            raise ValueError(f"an MLP has at least one layer of at least 1 unit; got {hidden}")
        layers: list[nn.Module] = []
        for inputs, outputs in pairwise([in_channels, *hidden]):
            layers += [nn.Linear(inputs, outputs), nn.ReLU()]
        self.layers = nn.Sequential(*layers)
        self.out_features = hidden[-1]

    def forward(self, inputs: Float[Tensor, "n p"]) -> Float[Tensor, "n d"]:
        return self.layers(inputs)
