"""Optimal transport between the Gaussians of both domains."""

from typing import Any

import numpy as np
import ot

from da.shallow.base import Domain
from da.shallow.mapping import Mapping


class OTLinear(Mapping):
    """Move the source by the affine map that is optimal if both domains are Gaussian.

    Flamary, Lounici & Ferrari, *Concentration Bounds for Linear Monge Mapping Estimation and
    Optimal Transport Domain Adaptation*, 2019, Eq. 3. https://arxiv.org/abs/1905.10155

    Args:
        regularization: Added to the diagonal of both covariances; positive. The paper adds none,
            which needs more samples than features.
        **kwargs: See :class:`Mapping`.
    """

    assumes = "equal class proportions; a linear shift"
    hurts = "if proportions differ: means and covariances then differ by right"

    def __init__(self, *, regularization: float = 1.0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if not regularization > 0:
            raise ValueError(f"the regularization of OTLinear is positive; got {regularization}")
        self.regularization = regularization

    def _align(self, source: np.ndarray, labels: np.ndarray, target: np.ndarray) -> None:
        self.slope, self.shift = ot.gaussian.empirical_bures_wasserstein_mapping(
            source, target, reg=self.regularization
        )

    def _transform(self, features: np.ndarray, domain: Domain) -> np.ndarray:
        return features @ self.slope + self.shift if domain == "source" else features
