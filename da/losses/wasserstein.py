"""The Wasserstein distance as a critic estimates it, and what keeps the critic's slope at 1."""

from collections.abc import Callable

import torch
from jaxtyping import Float
from torch import Tensor

from da.losses.precision import full_precision


@full_precision
def wasserstein(source: Float[Tensor, " n"], target: Float[Tensor, " m"]) -> Float[Tensor, ""]:
    """Difference of the critic's mean scores, which its maximum over 1-Lipschitz critics makes W1.

    Shen et al., *Wasserstein Distance Guided Representation Learning for Domain Adaptation*, AAAI
    2018, Eq. 2. https://arxiv.org/abs/1707.01217

    Args:
        source: Scores of source samples.
        target: Scores of target samples; the batch may have another size.

    Returns:
        A scalar of any sign.
    """
    return source.mean() - target.mean()


@full_precision
def gradient_penalty(
    critic: Callable[[Tensor], Tensor],
    source: Float[Tensor, "n d"],
    target: Float[Tensor, "m d"],
) -> Float[Tensor, ""]:
    """Mean squared deviation of the critic's slope from 1, at features and between them.

    Shen et al., *Wasserstein Distance Guided Representation Learning for Domain Adaptation*, AAAI
    2018, Eq. 3. https://arxiv.org/abs/1707.01217

    The points are all source and target features, and one at random on the line between each of
    the first ``min(n, m)`` pairs. No gradient flows to the features.

    Args:
        critic: Maps features to one score each, sample by sample.
        source: Source features.
        target: Target features; the batch may have another size.

    Returns:
        A non-negative scalar, which is differentiable in the critic's parameters.
    """
    pairs = min(len(source), len(target))
    share = torch.rand(pairs, 1, dtype=source.dtype, device=source.device)
    between = share * source[:pairs] + (1 - share) * target[:pairs]
    points = torch.cat([source, target, between]).detach().requires_grad_()
    (slopes,) = torch.autograd.grad(critic(points).sum(), points, create_graph=True)
    return (slopes.norm(dim=1) - 1).square().mean()
