"""Methods that train on the source as if it were drawn from the target."""

from abc import ABC, abstractmethod

import numpy as np
from jaxtyping import Float
from sklearn.base import BaseEstimator, clone
from sklearn.utils.validation import has_fit_parameter

from da.shallow.base import Baseline
from da.shallow.classifiers import class_scores, is_probabilistic, logistic_regression


class Reweighting(Baseline, ABC):
    """Weigh each source sample by the density ratio of target to source, then train.

    Shimodaira, *Improving Predictive Inference under Covariate Shift by Weighting the
    Log-likelihood Function*, JSPI 2000. https://doi.org/10.1016/S0378-3758(00)00115-4

    After fitting, ``weights`` holds the weights, scaled to mean 1.

    Args:
        classifier: Unfitted scikit-learn classifier that takes sample weights, of which a copy is
            trained; logistic regression without one.

    Raises:
        ValueError: If the classifier takes no weights, as nearest neighbours.
    """

    matches_marginals = False
    weights: Float[np.ndarray, " n"]

    def __init__(self, *, classifier: BaseEstimator | None = None) -> None:
        self.classifier = logistic_regression() if classifier is None else classifier
        if not has_fit_parameter(self.classifier, "sample_weight"):
            raise ValueError(
                f"{type(self).__name__} weighs samples, which {type(self.classifier).__name__} "
                f"cannot; choose logistic regression or a support vector machine"
            )

    @property
    def probabilistic(self) -> bool:
        return is_probabilistic(self.classifier)

    @abstractmethod
    def _ratio(self, source: np.ndarray, target: np.ndarray) -> np.ndarray:
        """Return non-negative weights of the source samples, in any scale."""

    def _fit(self, source: np.ndarray, labels: np.ndarray, target: np.ndarray) -> None:
        ratio = self._ratio(source, target)
        self.weights = ratio / ratio.mean()
        self.fitted = clone(self.classifier).fit(source, labels, sample_weight=self.weights)

    def _scores(self, transformed: np.ndarray) -> np.ndarray:
        return class_scores(self.fitted, transformed)
