"""How far the predictions change in the direction in which they change most."""

from collections.abc import Callable

import torch
from jaxtyping import Float
from torch import Tensor

from da.losses.precision import full_precision


def virtual_adversarial(
    network: Callable[[Tensor], Tensor],
    inputs: Float[Tensor, "n ..."],
    logits: Float[Tensor, "n k"],
    *,
    radius: float,
    probe: float = 1.0,
) -> Float[Tensor, " n"]:
    """Divergence of the prediction from the one at the most adverse input at some distance.

    Miyato et al., *Virtual Adversarial Training: A Regularization Method for Supervised and
    Semi-Supervised Learning*, TPAMI 2018, Alg. 1 with one power iteration.
    https://arxiv.org/abs/1704.03976

    Args:
        network: Maps inputs to logits.
        inputs: Samples.
        logits: The network's logits of them; no gradient flows through these.
        radius: Euclidean length of the perturbation of a sample, in units of the inputs; positive.
        probe: Length of the random step at which the adverse direction is found. Far smaller steps
            drown in the rounding of float32.

    Returns:
        Kullback-Leibler divergences, one a sample; non-negative.
    """
    fixed = logits.detach()
    noise = (probe * _unit(torch.randn_like(inputs))).requires_grad_()
    total = divergence(fixed, network(inputs + noise)).sum()
    (slope,) = torch.autograd.grad(total, noise)
    return divergence(fixed, network(inputs + radius * _unit(slope)))


@full_precision
def divergence(first: Float[Tensor, "n k"], second: Float[Tensor, "n k"]) -> Float[Tensor, " n"]:
    """Kullback-Leibler divergence of the second prediction from the first, in nats.

    Args:
        first: Logits of the reference.
        second: Logits of the other.

    Returns:
        ``KL(first || second)``, one a sample; non-negative.
    """
    reference = first.log_softmax(1)
    return (reference.exp() * (reference - second.log_softmax(1))).sum(1)


def _unit(x: Tensor) -> Tensor:
    """Scale each sample to length 1; zeros stay."""
    length = x.flatten(1).norm(dim=1).clamp_min(1e-30)
    return x / length.reshape(-1, *[1] * (x.ndim - 1))
