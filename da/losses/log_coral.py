"""Log-Euclidean distance of covariances."""

from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor
from torch.autograd.function import once_differentiable

from da.losses.precision import full_precision


@full_precision
def log_coral(
    source: Float[Tensor, "n d"], target: Float[Tensor, "m d"], *, jitter: float = 1e-3
) -> Float[Tensor, ""]:
    """Squared Frobenius distance between the logarithms of the two feature covariances.

    Wang et al., *Deep Domain Adaptation by Geodesic Distance Minimization*, ICCV Workshops 2017.
    https://arxiv.org/abs/1707.09842

    The Log-Euclidean distance of Arsigny et al., *Geometric Means in a Novel Vector Space Structure
    on Symmetric Positive-Definite Matrices*, SIAM Journal on Matrix Analysis 2007; it is also that
    of Morerio et al., ICLR 2018 (https://arxiv.org/abs/1711.10288). With fewer samples than
    features a covariance is singular; what is added to its diagonal then decides about the value.

    Args:
        source: Source features.
        target: Target features; the batch may have another size.
        jitter: Added to the diagonal of each covariance, as a share of its mean diagonal;
            non-negative. At least 1e-8 is added in all where it is positive.

    Returns:
        A non-negative scalar, divided by ``4 d**2``.

    Raises:
        ValueError: If a batch has fewer than two rows.
    """
    if min(len(source), len(target)) < 2:
        raise ValueError(
            f"a covariance needs at least 2 samples; got {len(source)} source and "
            f"{len(target)} target samples; choose a larger batch"
        )
    logarithms = []
    for features in (source, target):
        covariance = features.T.cov()
        if jitter > 0:
            added = (jitter * covariance.diagonal().mean()).clamp_min(1e-8)
            covariance = covariance + added * torch.eye(
                len(covariance), dtype=covariance.dtype, device=covariance.device
            )
        logarithms.append(matrix_log(covariance))
    difference = logarithms[0] - logarithms[1]
    return difference.square().sum() / (4 * source.shape[1] ** 2)


def matrix_log(matrix: Float[Tensor, "d d"]) -> Float[Tensor, "d d"]:
    """Logarithm of a symmetric positive definite matrix, with a gradient at equal eigenvalues.

    Backward through the eigenvectors would divide by differences of eigenvalues. The formula of
    Daleckii and Krein (Bhatia, *Matrix Analysis*, 1997, Theorem V.3.3) has divided differences of
    the logarithm in their place, which have a limit.
    """
    if not matrix.isfinite().all():  # which eigh refuses, and a diverged run has to tell
        return matrix * torch.nan
    out: Tensor = _MatrixLog.apply(matrix)
    return out


class _MatrixLog(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, matrix: Tensor) -> Tensor:
        values, vectors = torch.linalg.eigh(matrix)
        # Rounding can take a tiny eigenvalue below zero.
        values = values.clamp_min(torch.finfo(values.dtype).eps * values[-1].clamp_min(1e-30))
        ctx.save_for_backward(values, vectors)
        return (vectors * values.log()) @ vectors.T

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, *gradients: Tensor) -> Tensor:
        values, vectors = ctx.saved_tensors
        low, high = torch.minimum(values[:, None], values), torch.maximum(values[:, None], values)
        # log(high / low) / (high - low), without cancellation
        ratio = (high - low) / low
        slope = torch.where(ratio > 0, torch.log1p(ratio) / ratio.clamp_min(1e-38), 1.0) / low
        inner = vectors.T @ gradients[0] @ vectors
        return vectors @ (slope * inner) @ vectors.T
