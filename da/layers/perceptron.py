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
    dropout: float = 0.0,
) -> nn.Sequential:
    """Return a perceptron.

    Args:
        in_features: Width of the inputs.
        out_features: Width of the outputs.
        width: Units of each hidden layer; at least 1.
        depth: Hidden layers; at least 0.
        bias: Whether the outputs have a bias.
        batch_norm: Whether to normalize in each hidden layer.
        dropout: Probability of dropout behind each hidden layer, in [0, 1).

    Raises:
        ValueError: If a layer would have no unit, or the probability is out of range.
    """
    if width < 1 or depth < 0:
        raise ValueError(
            f"a perceptron has layers of at least 1 unit; got width={width}, depth={depth}"
        )
    if not 0 <= dropout < 1:
        raise ValueError(f"a probability of dropout lies in [0, 1); got dropout={dropout}")
    layers: list[nn.Module] = []
    for inputs, outputs in pairwise([in_features, *[width] * depth]):
        layers += [nn.Linear(inputs, outputs)]
        layers += [nn.BatchNorm1d(outputs)] if batch_norm else []
        layers += [nn.ReLU()]
        layers += [nn.Dropout(dropout)] if dropout else []
    return nn.Sequential(
        *layers, nn.Linear(width if depth else in_features, out_features, bias=bias)
    )
