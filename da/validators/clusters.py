"""As many clusters of target features as there are classes."""

import numpy as np
from jaxtyping import Float, Integer
from torch import Tensor
from torch.nn import functional as F

from da.validators.float64 import float64


def unit_features(features: Float[Tensor, "n d"]) -> Float[np.ndarray, "n d"]:
    """Features divided by their Euclidean norms; zeros stay zeros."""
    return F.normalize(float64(features)).numpy()


def clustered(features: Float[np.ndarray, "n d"], count: int) -> Integer[np.ndarray, " n"]:
    """K-means clusters of features, the best of ten starts; fewer if fewer points are distinct."""
    from sklearn.cluster import KMeans  # a second to import, and most runs do not cluster

    count = min(count, len(np.unique(features, axis=0)))
    return KMeans(count, n_init=10, random_state=0).fit_predict(features)
