"""CORAL: give the source the covariance of the target."""

import numpy as np
from sklearn.base import BaseEstimator

from da.shallow.base import Domain
from da.shallow.classifiers import linear_svm
from da.shallow.mapping import Mapping


class CORAL(Mapping):
    """Whiten the source, then colour it with the target's covariance; means stay as they are.

    Sun, Feng & Saenko, *Return of Frustratingly Easy Domain Adaptation*, AAAI 2016, Alg. 1.
    https://arxiv.org/abs/1511.05547

    Args:
        regularization: Added to the diagonal of both covariances; positive. 1 in the paper, for
            standardized features.
        classifier: See :class:`Mapping`; a linear SVM without one, as in the paper.
    """

    assumes = "equal class proportions"
    hurts = "if proportions differ: the covariances then differ by right"

    def __init__(
        self, *, regularization: float = 1.0, classifier: BaseEstimator | None = None
    ) -> None:
        super().__init__(classifier=linear_svm() if classifier is None else classifier)
        if not regularization > 0:
            raise ValueError(
                f"the regularization of CORAL is positive; got {regularization}; 1 is the paper's"
            )
        self.regularization = regularization

    def _align(self, source: np.ndarray, labels: np.ndarray, target: np.ndarray) -> None:
        ridge = self.regularization * np.eye(source.shape[1])
        whitening = _power(np.cov(source, rowvar=False).reshape(ridge.shape) + ridge, -0.5)
        coloring = _power(np.cov(target, rowvar=False).reshape(ridge.shape) + ridge, 0.5)
        self.map = whitening @ coloring

    def _transform(self, features: np.ndarray, domain: Domain) -> np.ndarray:
        return features @ self.map if domain == "source" else features


def _power(matrix: np.ndarray, exponent: float) -> np.ndarray:
    values, vectors = np.linalg.eigh(matrix)
    return (vectors * values**exponent) @ vectors.T
