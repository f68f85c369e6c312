"""How well the target features form as many clusters as there are classes."""

import math

import numpy as np
from jaxtyping import Integer

from da.batch import Labeled, Unlabeled
from da.validators.clusters import check_clusters, target_clusters, unit_features
from da.validators.sampling import at_most
from da.validators.score import Score, score, status_of, undefined

# Of the distances, in MiB: 10,000 samples have 763 MiB of them.
_MEMORY = 128


def class_silhouette(
    source: Labeled, target: Unlabeled, *, clusters: Integer[np.ndarray, " c"] | None = None
) -> Score:
    """Mean silhouette of k-means clusters of the target features, one a class, in [-1, 1].

    Rousseeuw, *Silhouettes: A graphical aid to the interpretation and validation of cluster
    analysis*, Journal of Computational and Applied Mathematics 1987; as a validator: Musgrave,
    Belongie & Lim, *Three New Validators and a Large-Scale Benchmark Ranking for Unsupervised
    Domain Adaptation*, 2022 (https://arxiv.org/abs/2208.07360).

    It ignores the predictions. Fewer than two clusters, or as many as samples, have no silhouette.
    Features have unit norm, so that their scale does not matter; of more than 10,000 samples some
    are drawn.

    Args:
        source: Not used.
        target: Held-out target samples.
        clusters: Their :func:`target_clusters`, if at hand.

    Raises:
        ValueError: If these are clusters of other samples.
    """
    target = at_most(target)
    check_clusters(clusters, len(target.logits))
    status = status_of(target.logits, target.features)
    if undefined(status):
        return score(math.nan, status)
    from sklearn import config_context
    from sklearn.metrics import silhouette_score

    clusters = target_clusters(target) if clusters is None else clusters
    features = unit_features(target.features)
    if not 1 < len(np.unique(clusters)) < len(features):
        return score(math.nan, "degenerate")
    with config_context(working_memory=_MEMORY):
        return score(float(silhouette_score(features, clusters)), status)
