"""The subspace of each domain, which several methods align."""

import numpy as np
from sklearn.decomposition import PCA as PrincipalComponents


def dimensions(features: np.ndarray) -> int:
    """Return how many dimensions the features span around their mean, shape ``(n, d)``."""
    return int(np.linalg.matrix_rank(features - features.mean(0)))


def principal_subspace(features: np.ndarray, dimension: int, name: str) -> PrincipalComponents:
    """Return the fitted leading principal components of features.

    Args:
        features: Matrix ``(n, d)``.
        dimension: Number of components.
        name: What the features are, for the error.

    Raises:
        ValueError: If the features span fewer dimensions than that.
    """
    available = dimensions(features)
    if not 1 <= dimension <= available:
        raise ValueError(
            f"{name} with {features.shape[0]} samples of {features.shape[1]} features spans "
            f"{available} dimensions; got dimension={dimension}; choose 1 to {available}"
        )
    # The full decomposition is deterministic; the randomized one that large inputs get is not.
    return PrincipalComponents(dimension, svd_solver="full").fit(features)
