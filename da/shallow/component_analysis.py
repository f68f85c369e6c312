"""Projections on which given means coincide while the data keeps its variance."""

from abc import ABC
from typing import Any, Literal

import numpy as np
import scipy.linalg
from jaxtyping import Float
from sklearn.gaussian_process.kernels import RBF
from sklearn.preprocessing import normalize

from da.shallow.bandwidth import median_bandwidth
from da.shallow.base import Domain
from da.shallow.mapping import Mapping

Kernel = Literal["linear", "rbf", "primal"]


class ComponentAnalysis(Mapping, ABC):
    """Find directions with small differences of means, small coefficients and large variance.

    The generalized eigenproblem that TCA and JDA share. Eigenvectors have unit length, as in the
    code behind the published tables: the constraint of the papers' equations, equal variance of
    all components, would blow up those of noise.

    Args:
        dimension: Number of components.
        regularization: Weight of the squared coefficients; positive.
        kernel: "linear" and "rbf" have one coefficient per sample, "primal" one per feature.
        bandwidth: Standard deviation of the "rbf" kernel; the median distance without one.
        unit_length: Whether samples are scaled to unit length, before and after the projection.
        **kwargs: See :class:`Mapping`.
    """

    def __init__(
        self,
        *,
        dimension: int = 30,
        regularization: float = 1.0,
        kernel: Kernel = "linear",
        bandwidth: float | None = None,
        unit_length: bool = True,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        if not regularization > 0 or (bandwidth is not None and not bandwidth > 0):
            raise ValueError(
                f"regularization and bandwidth are positive; got regularization={regularization}, "
                f"bandwidth={bandwidth}"
            )
        self.dimension, self.regularization = dimension, regularization
        self.kernel, self.bandwidth, self.unit_length = kernel, bandwidth, unit_length

    def _decompose(self, source: np.ndarray, target: np.ndarray) -> None:
        # In the basis of the data the problem has as many unknowns as the data has dimensions,
        # however many samples there are; what is orthogonal to it has no use and costs something.
        samples = self._scaled(np.concatenate([source, target]))
        if self.kernel == "rbf":
            self.samples = samples
            self.rbf = RBF(self.bandwidth or median_bandwidth(samples, samples))
            gains, self.basis = scipy.linalg.eigh(self.rbf(samples))
        else:
            self.basis, gains, self.axes = scipy.linalg.svd(samples, full_matrices=False)
        kept = gains > gains.max() * len(samples) * np.finfo(np.float64).eps
        if not 1 <= self.dimension <= kept.sum():
            raise ValueError(
                f"both domains together span {kept.sum()} dimensions; got "
                f"dimension={self.dimension}; choose 1 to {kept.sum()}"
            )
        self.gains, self.basis = gains[kept], self.basis[:, kept]
        if self.kernel != "rbf":
            self.axes = self.axes[kept].T * (self.gains if self.kernel == "linear" else 1.0)
            self.gains = self.gains ** (2 if self.kernel == "linear" else 1)

    def _project(self, differences: Float[np.ndarray, "n c"]) -> None:
        """Find the components.

        Args:
            differences: Each column holds weights of all samples, source first, whose weighted sum
                is a difference of means.
        """
        # The Frobenius norm of the matrix of the papers, which is differences @ differences.T
        scale = np.linalg.norm(differences.T @ differences)
        shifts = self.gains[:, None] * (self.basis.T @ differences) / np.sqrt(scale)
        penalty = shifts @ shifts.T + self.regularization * np.eye(len(self.gains))
        centered = (self.basis - self.basis.mean(0)) * self.gains
        r = len(self.gains)
        _, vectors = scipy.linalg.eigh(
            centered.T @ centered, penalty, subset_by_index=(r - self.dimension, r - 1)
        )
        self.coefficients = vectors[:, ::-1] / np.linalg.norm(vectors, axis=0)[::-1]

    def _transform(self, features: np.ndarray, domain: Domain) -> np.ndarray:
        samples = self._scaled(features)
        axes = self.basis if self.kernel == "rbf" else self.axes
        seen = self.rbf(samples, self.samples) if self.kernel == "rbf" else samples
        return self._scaled(seen @ axes @ self.coefficients)

    def _scaled(self, samples: np.ndarray) -> np.ndarray:
        return normalize(samples) if self.unit_length else samples


def mean_difference(source: np.ndarray, target: np.ndarray) -> np.ndarray:
    """Return weights of all samples, source first, whose sum is the difference of two means.

    Args:
        source: Which source samples take part, as booleans; at least one.
        target: Which target samples take part, as booleans; at least one.
    """
    return np.concatenate([source / source.sum(), -(target / target.sum())])
