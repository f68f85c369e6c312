"""Joint maximum mean discrepancy."""

from collections.abc import Sequence

import torch
from jaxtyping import Float
from torch import Tensor

from da.losses.kernels import DAN_SCALES, Bandwidth, kernel_matrix
from da.losses.mmd import Estimator, discrepancy
from da.losses.precision import full_precision


@full_precision
def jmmd(
    source: Float[Tensor, "n d"],
    target: Float[Tensor, "m d"],
    source_probabilities: Float[Tensor, "n k"],
    target_probabilities: Float[Tensor, "m k"],
    *,
    scales: Sequence[float] = DAN_SCALES,
    bandwidth: float | Tensor | Bandwidth = "median",
    probability_bandwidth: float = 1.6928,
    estimator: Estimator = "biased",
) -> Float[Tensor, ""]:
    """Discrepancy between the joint distributions of features and predicted classes.

    Long et al., *Deep Transfer Learning with Joint Adaptation Networks*, ICML 2017, Sec. 4.1.
    https://arxiv.org/abs/1605.06636

    The kernel is the product of one on the features, averaged over Gaussians, and a single Gaussian
    on the probabilities. The gradient flows through both.

    Args:
        source: Source features.
        target: Target features; the batch may have another size.
        source_probabilities: Predicted probabilities of the source samples.
        target_probabilities: Predicted probabilities of the target samples.
        scales: Multiples of the bandwidth of the features, one a kernel.
        bandwidth: That of the features; see :func:`mmd`.
        probability_bandwidth: That of the probabilities, in their squared units; positive. The
            authors' code has ``2 * 0.92 ** 2``.
        estimator: See :func:`mmd`.

    Raises:
        ValueError: If a batch is too small for the estimator or a bandwidth is not positive.
    """
    features = kernel_matrix(torch.cat([source, target]), scales=scales, bandwidth=bandwidth)
    probabilities = kernel_matrix(
        torch.cat([source_probabilities, target_probabilities]),
        scales=(1.0,),
        bandwidth=probability_bandwidth,
    )
    return discrepancy(features * probabilities, len(source), estimator=estimator)
