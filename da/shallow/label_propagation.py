"""Give the target the labels of the source samples whose mass it receives."""

from abc import ABC, abstractmethod

import numpy as np
import ot
from jaxtyping import Float
from scipy.spatial.distance import cdist
from sklearn.neighbors import NearestNeighbors

from da.shallow.base import Baseline, log_probabilities
from da.shallow.transport import checked_plan, positive


class LabelPropagation(Baseline, ABC):
    """Predict from transported labels.

    Each target sample of training has the share of its mass that comes from a class as probability
    of that class; any other sample takes those of the nearest one.
    """

    probabilistic = True

    @abstractmethod
    def _plan(self, source: np.ndarray, labels: np.ndarray, target: np.ndarray) -> np.ndarray:
        """Return the mass that goes from each source sample (rows) to each target sample."""

    def _fit(self, source: np.ndarray, labels: np.ndarray, target: np.ndarray) -> None:
        plan = checked_plan(self._plan(source, labels, target), type(self).__name__)
        mass = plan.T @ np.eye(len(self.classes))[labels]
        self.probabilities = mass / mass.sum(1, keepdims=True)
        self.neighbors = NearestNeighbors(n_neighbors=1).fit(target)

    def _scores(self, transformed: np.ndarray) -> np.ndarray:
        nearest = self.neighbors.kneighbors(transformed, return_distance=False)[:, 0]
        return log_probabilities(self.probabilities[nearest])


class OTLabelPropagation(LabelPropagation):
    """Transport the labels of the source at the least cost, or with entropic regularization.

    Solomon et al., *Wasserstein Propagation for Semi-Supervised Learning*, ICML 2014, as used by
    Redko et al., *Optimal Transport for Multi-source Domain Adaptation under Target Shift*, AISTATS
    2019, Sec. 4.3. https://arxiv.org/abs/1803.04899

    Args:
        entropy: Weight of the plan's negative entropy, for a cost of median 1; 0 for none.
    """

    assumes = "equal class proportions"
    hurts = "if proportions differ: labels are propagated across classes"

    def __init__(self, *, entropy: float = 0.0) -> None:
        if not entropy >= 0:
            raise ValueError(f"the entropy of a transport is at least 0; got {entropy}")
        self.entropy = entropy

    def _plan(self, source: np.ndarray, labels: np.ndarray, target: np.ndarray) -> np.ndarray:
        cost = median_cost(source, target)
        if self.entropy == 0:
            return ot.emd([], [], cost, numItermax=10_000_000)
        return ot.sinkhorn(
            [], [], cost, self.entropy, method="sinkhorn_log", numItermax=5000, stopThr=1e-7
        )


class JCPOT(LabelPropagation):
    """Estimate the target's class proportions and transport the source so reweighted.

    Redko et al., *Optimal Transport for Multi-source Domain Adaptation under Target Shift*, AISTATS
    2019, Alg. 1, for one source. https://arxiv.org/abs/1803.04899

    After fitting, ``proportions`` holds the estimated share of each class in the target.

    Args:
        entropy: Weight of the plan's negative entropy, for a cost of median 1; positive.
    """

    assumes = "no proportions: they are estimated"
    hurts = "if classes overlap, so that proportions cannot be told"
    matches_marginals = False
    proportions: Float[np.ndarray, " k"]

    def __init__(self, *, entropy: float = 0.1) -> None:
        self.entropy = positive("entropy", entropy)

    def _plan(self, source: np.ndarray, labels: np.ndarray, target: np.ndarray) -> np.ndarray:
        # The cost is that of these features, the regularization being relative to its median
        scale = np.sqrt(np.median(cdist(source, target, "sqeuclidean")))
        # POT takes two sources or more; twice the same has the solution of one
        self.proportions, log = ot.bregman.jcpot_barycenter(
            [source / scale] * 2, [labels] * 2, target / scale, self.entropy, log=True
        )
        return log["gamma"][0]


def median_cost(
    source: Float[np.ndarray, "n d"], target: Float[np.ndarray, "m d"]
) -> Float[np.ndarray, "n m"]:
    """Return squared distances over their median."""
    cost = cdist(source, target, "sqeuclidean")
    return cost / np.median(cost)
