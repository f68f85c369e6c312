"""Gradient reversal: minimize and maximize with one backward pass."""

from typing import Any

import torch
from torch import Tensor


class _ReverseGradient(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor, scale: float) -> Tensor:
        ctx.scale = scale
        return x.view_as(x)

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor, None]:
        return -ctx.scale * gradients[0], None


def reverse_gradient(x: Tensor, scale: float = 1.0) -> Tensor:
    """Return the input; multiply its gradient by ``-scale``.

    Ganin et al., *Domain-Adversarial Training of Neural Networks*, JMLR 2016, Eq. 14-15.
    https://arxiv.org/abs/1505.07818

    Args:
        x: Tensor of any shape.
        scale: The paper's lambda. It acts on what lies before this point alone: a discriminator
            behind it learns at its full rate.

    Returns:
        A tensor equal to ``x``.
    """
    out: Tensor = _ReverseGradient.apply(x, scale)
    return out
