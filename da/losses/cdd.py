"""Contrastive domain discrepancy."""

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int
from torch import Tensor

from da.losses.kernels import DAN_SCALES, Bandwidth, kernel_matrix
from da.losses.lmmd import class_weights, shared_classes
from da.losses.precision import full_precision


@full_precision
def contrastive_discrepancy(
    source: Float[Tensor, "n d"],
    target: Float[Tensor, "m d"],
    source_labels: Int[Tensor, " n"],
    target_labels: Int[Tensor, " m"],
    *,
    num_classes: int,
    scales: Sequence[float] = DAN_SCALES,
    bandwidth: float | Tensor | Bandwidth = "median",
) -> Float[Tensor, ""]:
    """Discrepancy within a class, less that between different classes, across the domains.

    Kang et al., *Contrastive Adaptation Network for Unsupervised Domain Adaptation*, CVPR 2019,
    Eq. 3-5. https://arxiv.org/abs/1901.00976

    Each kernel mean is over the pairs of its own two classes, and the two parts are means over the
    ``M`` classes that both domains have and over their ``M (M - 1)`` ordered pairs.

    Args:
        source: Source features.
        target: Features of the target samples that have a label; there may be none.
        source_labels: Labels of the source samples.
        target_labels: Estimated labels of the target samples.
        num_classes: Number of classes.
        scales: Multiples of the bandwidth, one a kernel.
        bandwidth: See :func:`mmd`.

    Returns:
        A scalar, which can be negative; 0, with a gradient of 0, if the domains share no class.

    Raises:
        ValueError: If the bandwidth is not positive.
    """
    n = len(source)
    kernel = kernel_matrix(torch.cat([source, target]), scales=scales, bandwidth=bandwidth)
    one_hot = F.one_hot(target_labels, num_classes).to(kernel.dtype)
    weights = class_weights(source_labels, one_hot)
    of_source, of_target = weights[:n], -weights[n:]
    within_source = (of_source * (kernel[:n, :n] @ of_source)).sum(0)
    within_target = (of_target * (kernel[n:, n:] @ of_target)).sum(0)
    across = of_source.T @ kernel[:n, n:] @ of_target
    distances = within_source[:, None] + within_target - 2 * across
    shared = shared_classes(source_labels, target_labels, num_classes).to(kernel.dtype)
    same = torch.diag(shared)
    different = torch.outer(shared, shared) - same
    intra = (distances * same).sum() / same.sum().clamp_min(1)
    inter = (distances * different).sum() / different.sum().clamp_min(1)
    return intra - inter
