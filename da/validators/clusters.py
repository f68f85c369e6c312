"""As many clusters of target features as there are classes."""

import warnings

import numpy as np
from jaxtyping import Float, Integer
from torch import Tensor
from torch.nn import functional as F

from da.validators.float64 import float64


def unit_features(features: Float[Tensor, "n d"]) -> Float[np.ndarray, "n d"]:
    """Features divided by their Euclidean norms, however small; zeros stay zeros."""
    values = float64(features)
    largest = values.abs().amax(1, keepdim=True)
    return F.normalize(values / largest.where(largest > 0, 1)).numpy()


def clustered(features: Float[np.ndarray, "n d"], count: int) -> Integer[np.ndarray, " n"]:
    """K-means clusters of features, the best of ten starts; fewer if fewer points are distinct."""
    from sklearn.cluster import KMeans  # a second to import, and most runs do not cluster
    from sklearn.exceptions import ConvergenceWarning

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # of fewer points than clusters
        means = KMeans(min(count, len(features)), n_init=10, random_state=0)
        return means.fit_predict(features)
