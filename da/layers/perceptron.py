"""Layers of one width with ReLU between them."""

from itertools import pairwise

from torch import nn


def perceptron(
    in_features: int,
    out_features: int,
    width: int,
    depth: int,
    *,
    bias: bool = True,
    batch_norm: bool = False,
) -> nn.Sequential:
    """Return a perceptron.

    Args:
        in_features: Width of the inputs.
        out_features: Width of the outputs.
        width: Units of each hidden layer; at least 1.
        depth: Hidden layers; at least 0.
        bias: Whether the outputs have a bias.
        batch_norm: Whether to normalize in each hidden layer.

    Raises:
        ValueError: If a layer would have no unit.
    """
    if width < 1 or depth < 0:
        raise ValueError(
            f"a perceptron has layers of at least 1 unit; got width={width}, depth={depth}"
        )
    layers: list[nn.Module] = []
    for inputs, outputs in pairwise([in_features, *[width] * depth]):
        layers += [nn.Linear(inputs, outputs)]
        layers += [nn.BatchNorm1d(outputs)] if batch_norm else []
        layers += [nn.ReLU()]
    return nn.Sequential(
        *layers, nn.Linear(width if depth else in_features, out_features, bias=bias)
    )
