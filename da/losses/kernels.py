"""Kernels between all samples of a batch, with bandwidths that follow the data."""

from collections.abc import Sequence
from typing import Literal

import torch
from jaxtyping import Float
from torch import Tensor

from da.losses.precision import full_precision

Kernel = Literal["rbf", "laplacian", "imq", "energy", "linear"]
Bandwidth = Literal["median", "mean"]

#: Bandwidths of DAN in units of the median squared distance.
DAN_SCALES = (0.25, 0.5, 1.0, 2.0, 4.0)


def kernel_matrix(
    points: Float[Tensor, "n d"],
    *,
    kernel: Kernel = "rbf",
    scales: Sequence[float] = DAN_SCALES,
    bandwidth: float | Tensor | Bandwidth = "median",
) -> Float[Tensor, "n n"]:
    """Return the kernel between all rows, averaged over several bandwidths ``w = scale * b``.

    * ``rbf``: ``exp(-|x - y|^2 / w)``
    * ``laplacian``: ``exp(-|x - y|_1 / w)``
    * ``imq``, the inverse multiquadric: ``(1 + |x - y|^2 / w) ** -0.5``
    * ``energy``: ``-|x - y|``, whose discrepancy is the energy distance (Sejdinovic et al.,
      *Equivalence of Distance-Based and RKHS-Based Statistics*, Annals of Statistics 2013)
    * ``linear``: the inner product of the rows, centred on their mean

    The first three are at most 1, whatever the units of the features. The last two have no
    bandwidth, and their discrepancy grows with the features.

    Args:
        points: Features, of both domains one after the other.
        kernel: Name of the kernel.
        scales: Multiples of the bandwidth, one a kernel.
        bandwidth: ``b``, in units of the distance (squared but for ``laplacian``), or the "median"
            or "mean" distance between the rows. No gradient flows through it.

    Raises:
        ValueError: If the bandwidth is not positive.
    """
    if kernel == "linear":
        # A discrepancy does not see the common mean, but its rounding errors do.
        centred = points - points.detach().mean(0)
        return centred @ centred.T
    distances = _distances(points, kernel)
    if kernel == "energy":
        return -distances
    if isinstance(bandwidth, str):
        bandwidth = _of_the_data(distances, bandwidth)
    elif isinstance(bandwidth, float) and not bandwidth > 0:
        raise ValueError(f"a bandwidth is positive; got {bandwidth}")
    if kernel == "imq":
        kernels = [(1 + distances / (s * bandwidth)).rsqrt() for s in scales]
    else:
        kernels = [torch.exp(distances / (-s * bandwidth)) for s in scales]
    return torch.stack(kernels).mean(0)


@full_precision
@torch.no_grad()
def pooled_bandwidth(
    points: Float[Tensor, "n d"], *, kernel: Kernel = "rbf", rule: Bandwidth = "median"
) -> Float[Tensor, ""]:
    """Return the median or mean distance between the rows, as the kernel measures distances."""
    return _of_the_data(_distances(points, kernel), rule)


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


@torch.no_grad()
def mean_distance(distances: Float[Tensor, "n n"]) -> Float[Tensor, ""]:
    """Mean over the pairs ``i < j``, clamped to at least 1e-8; the diagonal does not count."""
    n = len(distances)
    return (distances.sum() / (n * (n - 1))).clamp_min(1e-8)


def _of_the_data(distances: Tensor, rule: Bandwidth) -> Tensor:
    return (median_distance if rule == "median" else mean_distance)(distances)


def _distances(points: Tensor, kernel: Kernel) -> Tensor:
    if kernel == "laplacian":
        return torch.cdist(points, points, p=1)
    if kernel == "energy":  # cdist has gradient 0 between equal points, where a root has none
        return torch.cdist(points, points, compute_mode="donot_use_mm_for_euclid_dist")
    return squared_distances(points)
