"""PCA of both domains together."""

from typing import Any

import numpy as np

from da.shallow.base import Domain
from da.shallow.mapping import Mapping
from da.shallow.subspaces import principal_subspace


class PCA(Mapping):
    """Project both domains on the principal components of their union.

    The unsupervised baseline of the subspace methods: Pan et al., *Domain Adaptation via Transfer
    Component Analysis*, IEEE TNN 2011, Sec. V; it does not look at which sample is whose.
    https://doi.org/10.1109/TNN.2010.2091281

    Args:
        dimension: Number of components; at most the rank of the features.
        **kwargs: See :class:`Mapping`.
    """

    assumes = "classes in the directions of large variance"
    hurts = "if the shift is what varies most"
    matches_marginals = False

    def __init__(self, *, dimension: int = 30, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.dimension = dimension

    def _align(self, source: np.ndarray, labels: np.ndarray, target: np.ndarray) -> None:
        both = np.concatenate([source, target])
        self.components = principal_subspace(both, self.dimension, "the union of the domains")

    def _transform(self, features: np.ndarray, domain: Domain) -> np.ndarray:
        return self.components.transform(features)
