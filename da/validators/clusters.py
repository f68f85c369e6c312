"""As many clusters of target features as there are classes."""

import warnings

import numpy as np
from jaxtyping import Float, Integer
from torch import Tensor
from torch.nn import functional as F

from da.batch import Unlabeled
from da.validators.float64 import float64
from da.validators.sampling import at_most, canonical_order


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
        order = canonical_order(features)
        clusters = np.empty(len(features), dtype=np.int64)
        clusters[order] = means.fit_predict(features[order])
        return clusters


def target_clusters(target: Unlabeled) -> Integer[np.ndarray, " n"]:
    """Clusters of target samples by k-means, one a class, which several scores share.

    Args:
        target: Held-out target samples with finite features; of more than 10,000 some are drawn,
            and have clusters.
    """
    target = at_most(target)
    return clustered(unit_features(target.features), target.logits.shape[1])


def check_clusters(clusters: np.ndarray | None, count: int) -> None:
    """Raise a ValueError unless there is one cluster a sample, or none given."""
    if clusters is not None and clusters.shape != (count,):
        raise ValueError(f"{count} samples need {count} clusters; got shape {clusters.shape}")
