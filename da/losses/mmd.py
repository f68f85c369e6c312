"""Maximum mean discrepancy."""

from collections.abc import Sequence
from typing import Literal

import torch
from jaxtyping import Float
from torch import Tensor

from da.losses.kernels import DAN_SCALES, Bandwidth, Kernel, kernel_matrix
from da.losses.precision import full_precision

Estimator = Literal["biased", "unbiased", "linear", "ring", "block"]


@full_precision
def mmd(
    source: Float[Tensor, "n d"],
    target: Float[Tensor, "m d"],
    *,
    kernel: Kernel = "rbf",
    scales: Sequence[float] = DAN_SCALES,
    bandwidth: float | Tensor | Bandwidth = "median",
    estimator: Estimator = "biased",
    block_size: int = 8,
) -> Float[Tensor, ""]:
    """Squared maximum mean discrepancy, by default ``mean_u exp(-|x - y|^2 / (scale_u b))``.

    Gretton et al., *A Kernel Two-Sample Test*, JMLR 2012, Eq. 3 (unbiased) and 5 (biased), Lemma
    14 (linear). https://jmlr.org/papers/v13/gretton12a.html
    The mixture is that of Long et al., *Learning Transferable Features with Deep Adaptation
    Networks*, ICML 2015. https://arxiv.org/abs/1502.02791

    Kernels are averaged, so that the biased value lies in [0, 2] whatever their number; where a
    code sums five kernels, its weight is a fifth of ours.

    Args:
        source: Source features.
        target: Target features; the batch may have another size.
        kernel: See :func:`kernel_matrix`.
        scales: Multiples of the bandwidth, one a kernel.
        bandwidth: ``b``, in squared units of the features (plain units for the laplacian kernel);
            by default the median squared distance between all rows of both domains. No gradient
            flows through it.
        estimator: "biased" is non-negative; "unbiased" can be negative; "linear" sums over pairs
            of neighbouring rows alone, which has a large variance, and needs two batches of the
            same even size; "ring" pairs each row with the next, and the last with the first, as in
            the library of Jiang et al., *Transferability in Deep Learning*, 2022, and needs two
            batches of one size; "block" lies between "linear" and "unbiased" (see
            :func:`discrepancy`).
        block_size: Rows of each domain in a block; at least 2.

    Returns:
        A scalar.

    Raises:
        ValueError: If a batch is too small for the estimator or the bandwidth is not positive.
    """
    n, m = len(source), len(target)
    _check_sizes(n, m, estimator, block_size)
    matrix = kernel_matrix(
        torch.cat([source, target]), kernel=kernel, scales=scales, bandwidth=bandwidth
    )
    return discrepancy(matrix, n, estimator=estimator, block_size=block_size)


def discrepancy(
    kernel: Float[Tensor, "l l"], n: int, *, estimator: Estimator = "biased", block_size: int = 8
) -> Float[Tensor, ""]:
    """Squared maximum mean discrepancy between the first ``n`` rows of a kernel and the others.

    The block estimator is that of Zaremba et al., *B-tests: Low Variance Kernel Two-Sample Tests*,
    NeurIPS 2013, Eq. 3: the mean of the unbiased one over blocks of rows, without an incomplete
    last block. https://arxiv.org/abs/1307.1954

    Args:
        kernel: Kernel between all samples, those of the source first.
        n: Number of source samples.
        estimator: See :func:`mmd`.
        block_size: Rows of each domain in a block.

    Raises:
        ValueError: If there are too few samples for the estimator.
    """
    m = len(kernel) - n
    _check_sizes(n, m, estimator, block_size)
    within_source, within_target, across = kernel[:n, :n], kernel[n:, n:], kernel[:n, n:]
    if estimator in ("linear", "ring"):
        rows = torch.arange(n)
        here, there = (rows, rows.roll(-1)) if estimator == "ring" else (rows[::2], rows[1::2])
        pairs = within_source[here, there] + within_target[here, there]
        return (pairs - across[here, there] - across[there, here]).mean()
    if estimator == "block":
        starts = range(0, min(n, m) - block_size + 1, block_size)
        blocks = [slice(i, i + block_size) for i in starts]
        return torch.stack(
            [_unbiased(within_source[b, b], within_target[b, b], across[b, b]) for b in blocks]
        ).mean()
    if estimator == "unbiased":
        return _unbiased(within_source, within_target, across)
    return within_source.mean() + within_target.mean() - 2 * across.mean()


def _unbiased(within_source: Tensor, within_target: Tensor, across: Tensor) -> Tensor:
    n, m = across.shape
    mean_source = (within_source.sum() - within_source.trace()) / (n * (n - 1))
    mean_target = (within_target.sum() - within_target.trace()) / (m * (m - 1))
    return mean_source + mean_target - 2 * across.mean()


def _check_sizes(n: int, m: int, estimator: Estimator, block_size: int) -> None:
    if estimator == "block" and block_size < 2:
        raise ValueError(f"a block has at least 2 samples; got block_size={block_size}")
    least = {"biased": 1, "block": block_size}.get(estimator, 2)
    if min(n, m) < least:
        raise ValueError(
            f"the {estimator} estimator needs at least {least} samples of each domain; "
            f"got {n} and {m}"
        )
    if estimator == "linear" and (n != m or n % 2):
        raise ValueError(
            f"the linear estimator needs two batches of the same even size; got {n} and {m}"
        )
    if estimator == "ring" and n != m:
        raise ValueError(f"the ring estimator needs two batches of one size; got {n} and {m}")
