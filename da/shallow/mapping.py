"""Methods that map both domains into one space and train a classifier there."""

from abc import ABC, abstractmethod

import numpy as np
from sklearn.base import BaseEstimator, clone

from da.shallow.base import Baseline
from da.shallow.classifiers import class_scores, is_probabilistic, nearest_neighbor


class Mapping(Baseline, ABC):
    """Align the features, then train a classifier on the source in the aligned space.

    Args:
        classifier: Unfitted scikit-learn classifier, of which a copy is trained; nearest neighbour
            without one.
    """

    def __init__(self, *, classifier: BaseEstimator | None = None) -> None:
        self.classifier = nearest_neighbor() if classifier is None else classifier

    @property
    def probabilistic(self) -> bool:
        return is_probabilistic(self.classifier)

    def _fit(self, source: np.ndarray, labels: np.ndarray, target: np.ndarray) -> None:
        self._align(source, labels, target)
        self._train(source, labels)

    def _train(self, source: np.ndarray, labels: np.ndarray) -> None:
        self.fitted = clone(self.classifier).fit(self._transform(source, "source"), labels)

    def _scores(self, transformed: np.ndarray) -> np.ndarray:
        return class_scores(self.fitted, transformed)

    @abstractmethod
    def _align(self, source: np.ndarray, labels: np.ndarray, target: np.ndarray) -> None:
        """Learn what ``_transform`` applies."""
