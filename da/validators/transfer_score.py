"""Clusters, information and a classifier that treats classes alike (Transfer Score)."""

import math

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn import functional as F

from da.batch import Labeled, Unlabeled
from da.validators.float64 import float64
from da.validators.information import normalized_information
from da.validators.sampling import canonical_order
from da.validators.score import Score, score, status_of, undefined
from da.validators.summary import summarize

_PROBED = 0.05


def transfer_score(
    source: Labeled, target: Unlabeled, *, classifier: Float[Tensor, "k d"]
) -> Score:
    """Hopkins statistic plus information of predictions less the classifier's non-uniformity.

    Yang et al., *Can We Evaluate Domain Adaptation Models Without Target-Domain Labels?*, ICLR
    2024. https://arxiv.org/abs/2305.18712

    Three quantities without a common unit are added up. The information is that of all samples at
    once, over ``log k``; the mean of batches, as in the authors' code, is too low.

    Args:
        source: Not used.
        target: Held-out target samples.
        classifier: Weights of the last layer, one row a class.

    Raises:
        ValueError: If the classifier has other classes than the logits.
    """
    if len(classifier) != target.logits.shape[1]:
        raise ValueError(
            f"the classifier has one row for each of {target.logits.shape[1]} classes; "
            f"got {len(classifier)}"
        )
    status = status_of(target.logits, target.features, classifier)
    if undefined(status):
        return score(math.nan, status)
    summary = summarize(target.logits)
    information = normalized_information(summary.mean_probabilities, summary.mean_entropy)
    value = hopkins(target.features) + information - non_uniformity(classifier)
    return score(value, status)


def non_uniformity(classifier: Float[Tensor, "k d"]) -> float:
    """Mean squared deviation of the angles between class weights from those of a simplex.

    Returns:
        A value of at least 0, in squared radians; NaN if the weights of a class are all zero, or
        for one class.
    """
    weights = float64(classifier)
    k = len(weights)
    if k < 2 or not bool(weights.any(1).all()):
        return math.nan
    directions = F.normalize(weights / weights.abs().amax(1, keepdim=True))
    upper = torch.triu_indices(k, k, 1)
    # Twice the arctangent is exact where the arccosine of a rounded 1 or -1 is off by 1e-8.
    first, second = directions[upper[0]], directions[upper[1]]
    angles = 2 * torch.atan2((first - second).norm(dim=1), (first + second).norm(dim=1))
    return (angles - math.acos(-1 / (k - 1))).square().mean().item()


def hopkins(features: Float[Tensor, "n d"]) -> float:
    """Hopkins statistic: .5 for uniform features, towards 1 for clusters.

    Hopkins & Skellam, *A New Method for determining the Type of Distribution of Plant Individuals*,
    Annals of Botany 1954.

    Distances to the nearest sample, from as many points drawn uniformly from the range of the
    features as there are samples drawn (one in twenty), over the sum of both kinds of distances.
    What is drawn depends on the features alone, not on their order.

    Returns:
        A value in [0, 1]; NaN for fewer than two samples or if all are equal.
    """
    n, d = features.shape
    if n < 2:
        return math.nan
    distances = float64(features) - float64(features).amin(0)
    values = (distances / distances.amax()).numpy()  # squares of the smallest would underflow
    if not np.isfinite(values).all():
        return math.nan
    from sklearn.neighbors import NearestNeighbors

    values = values[canonical_order(values)]
    rng = np.random.default_rng(0)
    m = max(1, round(_PROBED * n))
    drawn = values[rng.choice(n, m, replace=False)]
    uniform = rng.uniform(size=(m, d)) * values.max(0)
    neighbors = NearestNeighbors().fit(values)
    to_samples = float(neighbors.kneighbors(uniform, 1)[0].sum())
    between = float(neighbors.kneighbors(drawn, 2)[0][:, 1].sum())  # the first is the sample itself
    total = to_samples + between
    return to_samples / total if total > 0 else math.nan
