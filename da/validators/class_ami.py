"""Agreement of predicted classes with clusters of the features."""

import math

import numpy as np
from jaxtyping import Integer

from da.batch import Labeled, Unlabeled
from da.validators.clusters import check_clusters, target_clusters
from da.validators.sampling import at_most
from da.validators.score import Score, score, status_of, undefined


def class_ami(
    source: Labeled, target: Unlabeled, *, clusters: Integer[np.ndarray, " c"] | None = None
) -> Score:
    """Adjusted mutual information of predicted classes and k-means clusters of features; at most 1.

    Musgrave, Belongie & Lim, *Three New Validators and a Large-Scale Benchmark Ranking for
    Unsupervised Domain Adaptation*, 2022. https://arxiv.org/abs/2208.07360

    It is 0 in expectation for predictions that have nothing to do with the clusters. A model that
    predicts one class has no score: by the formula, it would agree perfectly with one cluster. Of
    more than 10,000 samples some are drawn, by their position.

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
    predicted = target.logits.argmax(1).cpu()
    if not undefined(status) and len(predicted.unique()) == 1:
        status = "degenerate"
    if undefined(status):
        return score(math.nan, status)
    from sklearn.metrics import adjusted_mutual_info_score

    clusters = target_clusters(target) if clusters is None else clusters
    return score(float(adjusted_mutual_info_score(predicted.numpy(), clusters)), status)
