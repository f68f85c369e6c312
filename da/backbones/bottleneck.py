"""A narrow layer behind a network whose features are wide."""

from collections.abc import Callable
from typing import Literal

from torch import nn

from da.backbones.norm_dropout import NormDropout


class Bottleneck(nn.Sequential):
    """Linear layer, batch normalization, ReLU and dropout, on whose output domains are aligned.

    Long et al., *Conditional Adversarial Domain Adaptation*, NeurIPS 2018, and nearly all since
    have one of 256 units behind an ImageNet network; which of the parts it has differs.
    https://arxiv.org/abs/1705.10667

    Args:
        in_features: Width of what it is given.
        width: Width of its features; at least 1.
        batch_norm: Whether the features are normalized.
        relu: Whether negative features are cut off.
        dropout: Probability of dropout, in [0, 1).
        keeps: What dropout leaves as it is on average: the mean of a feature, or the length of all.

    Raises:
        ValueError: If it has no unit, or the probability is out of range.
    """

    def __init__(
        self,
        in_features: int,
        width: int = 256,
        batch_norm: bool = True,
        relu: bool = True,
        dropout: float = 0.0,
        keeps: Literal["mean", "norm"] = "mean",
    ) -> None:
        if width < 1 or not 0 <= dropout < 1:
            raise ValueError(
                "a bottleneck has at least 1 unit and a probability of dropout lies in [0, 1); "
                f"got width={width}, dropout={dropout}"
            )
        layers: list[nn.Module] = [nn.Linear(in_features, width)]
        layers += [nn.BatchNorm1d(width)] if batch_norm else []
        layers += [nn.ReLU()] if relu else []
        if dropout:
            layers += [NormDropout(dropout) if keeps == "norm" else nn.Dropout(dropout)]
        super().__init__(*layers)
        self.out_features = width


BottleneckCallable = Callable[[int], Bottleneck]


def follow(layers: nn.Sequential, width: int, followed_by: BottleneckCallable | None) -> int:
    """Append the bottleneck that follows layers, if there is one.

    Args:
        layers: What it is appended to.
        width: Width of their output.
        followed_by: Makes the bottleneck, for this width.

    Returns:
        The number of features.
    """
    if followed_by is None:
        return width
    last = followed_by(width)
    layers.append(last)
    return last.out_features
