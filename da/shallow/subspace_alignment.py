"""Subspace alignment: turn the source's principal axes into the target's."""

from typing import Any

import numpy as np

from da.shallow.base import Domain
from da.shallow.mapping import Mapping
from da.shallow.subspaces import dimensions, principal_subspace


class SubspaceAlignment(Mapping):
    """Project each domain on its own principal components, and rotate the source's to the target's.

    Fernando et al., *Unsupervised Visual Domain Adaptation Using Subspace Alignment*, ICCV 2013,
    Eq. 1 and Alg. 1. https://openaccess.thecvf.com/content_iccv_2013/html/
    Fernando_Unsupervised_Visual_Domain_2013_ICCV_paper.html

    Args:
        dimension: Number of components of each domain; fewer where a domain spans fewer.
        **kwargs: See :class:`Mapping`.
    """

    assumes = "equal class proportions; classes in the directions of large variance"
    hurts = "if the shift is what varies most, or domains are small"

    def __init__(self, *, dimension: int = 80, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.dimension = dimension

    def _align(self, source: np.ndarray, labels: np.ndarray, target: np.ndarray) -> None:
        dimension = min(self.dimension, dimensions(source), dimensions(target))
        self.components = {
            "source": principal_subspace(source, dimension, "the source"),
            "target": principal_subspace(target, dimension, "the target"),
        }
        self.alignment = (
            self.components["source"].components_ @ self.components["target"].components_.T
        )

    def _transform(self, features: np.ndarray, domain: Domain) -> np.ndarray:
        projected = self.components[domain].transform(features)
        return projected @ self.alignment if domain == "source" else projected
