"""Maximum mean discrepancy with a mixture of Gaussian kernels."""

from collections.abc import Sequence
from typing import Literal

import torch
from jaxtyping import Float
from torch import Tensor

from da.losses.precision import full_precision

Estimator = Literal["biased", "unbiased", "linear"]

#: Bandwidths of DAN in units of the median squared distance.
DAN_SCALES = (0.25, 0.5, 1.0, 2.0, 4.0)


@full_precision
def mmd(
    source: Float[Tensor, "n d"],
    target: Float[Tensor, "m d"],
    *,
    scales: Sequence[float] = DAN_SCALES,
    bandwidth: float | None = None,
    estimator: Estimator = "biased",
) -> Float[Tensor, ""]:
    """Squared maximum mean discrepancy, ``k(x, y) = mean_u exp(-|x - y|^2 / (scale_u b))``.

    Gretton et al., *A Kernel Two-Sample Test*, JMLR 2012, Eq. 3 (unbiased) and 5 (biased), Lemma
    14 (linear). https://jmlr.org/papers/v13/gretton12a.html
    The mixture is that of Long et al., *Learning Transferable Features with Deep Adaptation
    Networks*, ICML 2015. https://arxiv.org/abs/1502.02791

    Kernels are averaged, so that the biased value lies in [0, 2] whatever their number; where a
    code sums five kernels, its weight is a fifth of ours.

    Args:
        source: Source features.
        target: Target features; the batch may have another size.
        scales: Multiples of the bandwidth, one a kernel.
        bandwidth: ``b``, in squared units of the features; by default the median squared distance
            between all rows of both domains. No gradient flows through it.
        estimator: "biased" is non-negative; "unbiased" can be negative; "linear" costs O(n) but
            has a large variance and needs two batches of the same even size.

    Returns:
        A scalar.

    Raises:
        ValueError: If a batch is too small for the estimator or the bandwidth is not positive.
    """
    n, m = len(source), len(target)
    least = 1 if estimator == "biased" else 2
    if min(n, m) < least:
        raise ValueError(
            f"the {estimator} estimator needs at least {least} samples of each domain; "
            f"got {n} and {m}"
        )
    if bandwidth is not None and bandwidth <= 0:
        raise ValueError(f"a bandwidth is positive; got {bandwidth}")
    distances = squared_distances(torch.cat([source, target]))
    width = median_distance(distances) if bandwidth is None else bandwidth
    kernel = torch.stack([torch.exp(distances / (-s * width)) for s in scales]).mean(0)
    within_source, within_target, across = kernel[:n, :n], kernel[n:, n:], kernel[:n, n:]
    if estimator == "linear":
        if n != m or n % 2:
            raise ValueError(
                f"the linear estimator needs two batches of the same even size; got {n} and {m}"
            )
        even, odd = torch.arange(0, n, 2), torch.arange(1, n, 2)
        pairs = within_source[even, odd] + within_target[even, odd]
        return (pairs - across[even, odd] - across[odd, even]).mean()
    if estimator == "unbiased":
        mean_source = (within_source.sum() - within_source.trace()) / (n * (n - 1))
        mean_target = (within_target.sum() - within_target.trace()) / (m * (m - 1))
        return mean_source + mean_target - 2 * across.mean()
    return within_source.mean() + within_target.mean() - 2 * across.mean()


def squared_distances(points: Float[Tensor, "n d"]) -> Float[Tensor, "n n"]:
    """Squared Euclidean distances between all rows, exactly zero on the diagonal.

    Differences are squared one by one: ``|x|^2 + |y|^2 - 2 xy`` cancels in float32, and gives a
    point a distance to itself.
    """
    mode = "donot_use_mm_for_euclid_dist"
    return torch.cdist(points, points, compute_mode=mode).square()


@torch.no_grad()
def median_distance(distances: Float[Tensor, "n n"]) -> Float[Tensor, ""]:
    """Median over the pairs ``i < j``, the mean of the two middle values if their number is even.

    The diagonal of zeros does not count. Clamped to at least 1e-8, for identical rows.
    """
    n = len(distances)
    rows, columns = torch.triu_indices(n, n, offset=1, device=distances.device)
    pairs = distances[rows, columns]
    high = len(pairs) // 2 + 1
    upper = pairs.kthvalue(high).values
    lower = upper if len(pairs) % 2 else pairs.kthvalue(high - 1).values
    return ((lower + upper) / 2).clamp_min(1e-8)
