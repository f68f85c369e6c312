"""GFK: compare samples along all subspaces between those of the two domains."""

from typing import Any

import numpy as np
from jaxtyping import Float

from da.shallow.base import Domain
from da.shallow.mapping import Mapping
from da.shallow.subspaces import principal_subspace


def geodesic_flow_map(
    source: Float[np.ndarray, "d p"], target: Float[np.ndarray, "d p"]
) -> Float[np.ndarray, "d q"]:
    """Return a matrix ``A`` such that ``A A^T`` is the geodesic flow kernel of two subspaces.

    Gong et al., *Geodesic Flow Kernel for Unsupervised Domain Adaptation*, CVPR 2012, Eq. 5-7.
    https://doi.org/10.1109/CVPR.2012.6247911

    The kernel is the integral of the projections on the subspaces along the geodesic, for times
    from 0 to 1. The factor 1/2, which the paper drops, is kept, so that the kernel of a subspace
    with itself is its projection.

    Args:
        source: Orthonormal columns that span the source's subspace.
        target: Orthonormal columns that span the target's.
    """
    left, cosines, right = np.linalg.svd(source.T @ target)
    start = source @ left
    # What of the target's directions lies outside the source's subspace, which spares the
    # orthogonal complement of the paper: its basis has d - p columns, of which p are used.
    outside = target @ right.T - start * cosines
    sines = np.linalg.norm(outside, axis=0)
    turned = np.divide(outside, sines, out=np.zeros_like(outside), where=sines > 1e-12)
    angles = np.arctan2(sines, cosines)
    first = (1 + np.sinc(2 * angles / np.pi)) / 2
    last = (1 - np.sinc(2 * angles / np.pi)) / 2
    mixed = np.divide(np.sin(angles) ** 2, 2 * angles, out=np.zeros_like(angles), where=angles > 0)
    # Each principal angle has a block [[first, mixed], [mixed, last]] of its own; factor all.
    blocks = np.stack([np.stack([first, mixed], 1), np.stack([mixed, last], 1)], 2)
    values, vectors = np.linalg.eigh(blocks)
    roots = vectors * np.sqrt(np.maximum(values, 0))[:, None, :]
    columns = [start * roots[:, 0, i] + turned * roots[:, 1, i] for i in range(2)]
    return np.concatenate(columns, 1)


class GFK(Mapping):
    """Map samples so that their inner products are those of the geodesic flow kernel.

    Gong et al., *Geodesic Flow Kernel for Unsupervised Domain Adaptation*, CVPR 2012.
    https://doi.org/10.1109/CVPR.2012.6247911

    Both subspaces are principal components, "GFK(PCA, PCA)" of the paper.

    Args:
        dimension: Number of components of each domain; at most the rank of the smaller one. The
            paper allows half the width of the features; more is possible.
        **kwargs: See :class:`Mapping`.
    """

    assumes = "equal class proportions; classes in the directions of large variance"
    hurts = "if the shift is what varies most, or domains are small"

    def __init__(self, *, dimension: int = 20, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.dimension = dimension

    def _align(self, source: np.ndarray, labels: np.ndarray, target: np.ndarray) -> None:
        self.map = geodesic_flow_map(
            principal_subspace(source, self.dimension, "the source").components_.T,
            principal_subspace(target, self.dimension, "the target").components_.T,
        )

    def _transform(self, features: np.ndarray, domain: Domain) -> np.ndarray:
        return features @ self.map
