"""Multi-layer perceptron for feature vectors."""

from collections.abc import Callable, Sequence
from itertools import pairwise

from jaxtyping import Float
from torch import Tensor, nn

from da.backbones.base import Backbone


class MLP(Backbone):
    """Linear layers with an activation after each.

    Args:
        in_channels: Width of the inputs.
        hidden: Width of each layer, the last of which is the bottleneck. Without any, the features
            are the inputs.
        batch_norm: Whether to normalize the inputs of each layer, of the classifier too.
        activation: Makes the activation.

    Raises:
        ValueError: If a layer has no unit.
    """

    def __init__(
        self,
        in_channels: int,
        hidden: Sequence[int] = (64, 64),
        batch_norm: bool = False,
        activation: Callable[[], nn.Module] = nn.ReLU,
    ) -> None:
        super().__init__()
        if min(hidden, default=1) < 1:
            raise ValueError(f"each layer of an MLP has at least 1 unit; got hidden={hidden}")
        widths = [in_channels, *hidden]
        layers: list[nn.Module] = []
        for inputs, outputs in pairwise(widths):
            layers += [nn.BatchNorm1d(inputs)] if batch_norm else []
            layers += [nn.Linear(inputs, outputs), activation()]
        layers += [nn.BatchNorm1d(widths[-1])] if batch_norm else []
        self.layers = nn.Sequential(*layers)
        self.out_features = widths[-1]

    def forward(self, inputs: Float[Tensor, "n p"]) -> Float[Tensor, "n d"]:
        return self.layers(inputs)
