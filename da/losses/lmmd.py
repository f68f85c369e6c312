"""Local maximum mean discrepancy."""

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from jaxtyping import Bool, Float, Int
from torch import Tensor

from da.losses.kernels import DAN_SCALES, Bandwidth, kernel_matrix
from da.losses.precision import full_precision


@full_precision
def lmmd(
    source: Float[Tensor, "n d"],
    target: Float[Tensor, "m d"],
    labels: Int[Tensor, " n"],
    probabilities: Float[Tensor, "m k"],
    *,
    scales: Sequence[float] = DAN_SCALES,
    bandwidth: float | Tensor | Bandwidth = "median",
) -> Float[Tensor, ""]:
    """Discrepancy of each class between the domains, averaged over the classes that both have.

    Zhu et al., *Deep Subdomain Adaptation Network for Image Classification*, TNNLS 2020, Eq. 7.
    https://arxiv.org/abs/2106.09388

    A target sample belongs to each class as much as its probability says. A class counts if some
    source sample has its label and some target sample is predicted to be of it.

    Args:
        source: Source features.
        target: Target features; the batch may have another size.
        labels: Labels of the source samples.
        probabilities: Predicted probabilities of the target samples; no gradient flows through.
        scales: Multiples of the bandwidth, one a kernel.
        bandwidth: See :func:`mmd`.

    Returns:
        A non-negative scalar; 0, with a gradient of 0, if the domains share no class.

    Raises:
        ValueError: If the bandwidth is not positive.
    """
    k = probabilities.shape[1]
    kernel = kernel_matrix(torch.cat([source, target]), scales=scales, bandwidth=bandwidth)
    weights = class_weights(labels, probabilities)
    terms = torch.einsum("ik,ij,jk->k", weights, kernel, weights)
    predicted = probabilities.argmax(1)
    shared = shared_classes(labels, predicted, k)
    return (terms * shared).sum() / shared.sum().clamp_min(1)


def shared_classes(
    source_labels: Int[Tensor, " n"], target_labels: Int[Tensor, " m"], num_classes: int
) -> Bool[Tensor, " k"]:
    """Tell which classes have a sample in both domains."""
    # Not bincount, whose sums have no fixed order on a GPU.
    source, target = (F.one_hot(x, num_classes).any(0) for x in (source_labels, target_labels))
    return source & target


def class_weights(
    labels: Int[Tensor, " n"], probabilities: Float[Tensor, "m k"]
) -> Float[Tensor, "l k"]:
    """Weights of all samples in each class: source sum to 1, target to -1; absent classes to 0."""
    of_source = F.one_hot(labels, probabilities.shape[1]).to(probabilities.dtype)
    of_target = probabilities.detach()
    tiny = torch.finfo(probabilities.dtype).tiny
    return torch.cat(
        [of_source / of_source.sum(0).clamp_min(1), -of_target / of_target.sum(0).clamp_min(tiny)]
    )
