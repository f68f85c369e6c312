"""What every feature-space baseline offers: fit on two domains, predict on either."""

from abc import ABC, abstractmethod
from typing import ClassVar, Literal, TypeVar

import numpy as np
from jaxtyping import Float, Integer, Real

Domain = Literal["source", "target"]
Fitted = TypeVar("Fitted", bound="Baseline")


class Baseline(ABC):
    """Labels for target features, learned from labelled source and unlabelled target features.

    Deterministic: the same arrays yield the same predictions.
    """

    #: What ``da methods`` lists it under.
    family: ClassVar[str] = "shallow"
    #: Label spaces it is made for: "closed-set", "partial" (the target lacks classes), or both.
    settings: ClassVar[tuple[str, ...]] = ("closed-set",)
    #: What has to hold of the classes for it to help.
    assumes: ClassVar[str] = "not stated"
    #: When it tends to do harm.
    hurts: ClassVar[str] = "not stated"
    #: Whether it makes the domains' distributions alike whatever their classes, or takes target
    #: classes for equally frequent: another class prior of the target then makes it do harm.
    matches_marginals: ClassVar[bool] = True
    #: The labels that occur in the source, sorted; columns of scores are in this order.
    classes: Integer[np.ndarray, " k"]

    def fit(
        self: Fitted,
        source: Real[np.ndarray, "n d"],
        labels: Integer[np.ndarray, " n"],
        target: Real[np.ndarray, "m d"],
    ) -> Fitted:
        """Learn from both domains.

        Args:
            source: Source features.
            labels: Their labels, at least two different ones.
            target: Target features, whose labels are unknown.

        Returns:
            The baseline itself.

        Raises:
            ValueError: If the arrays do not fit together, a value is not finite, there is one
                class only, or the method cannot be computed for so few samples.
        """
        self.classes, indices = np.unique(np.asarray(labels), return_inverse=True)
        source, target = (np.asarray(x, dtype=np.float64) for x in (source, target))
        _check(source, target, len(np.asarray(labels)), self.classes)
        self.width = source.shape[1]
        self._fit(source, indices, target)
        return self

    def predict(
        self, features: Real[np.ndarray, "n d"], *, domain: Domain = "target"
    ) -> Integer[np.ndarray, " n"]:
        """Return the label of each sample.

        Args:
            features: Features as given to :meth:`fit`.
            domain: Where they come from: some methods treat the two differently.

        Raises:
            ValueError: If their width differs from that of training.
        """
        return self.classes[self.scores(features, domain=domain).argmax(1)]

    def predict_proba(
        self, features: Real[np.ndarray, "n d"], *, domain: Domain = "target"
    ) -> Float[np.ndarray, "n k"]:
        """Return the probability of each class, in the order of ``classes``.

        Args:
            features: Features as given to :meth:`fit`.
            domain: Where they come from.

        Raises:
            ValueError: If the width differs or the classifier has no probabilities.
        """
        if not self.probabilistic:
            raise ValueError(
                f"this {type(self).__name__} classifies by margins, which are no probabilities; "
                f"use scores, or a classifier that has predict_proba"
            )
        return np.exp(self.scores(features, domain=domain))

    def scores(
        self, features: Real[np.ndarray, "n d"], *, domain: Domain = "target"
    ) -> Float[np.ndarray, "n k"]:
        """Return a finite score of each class, the largest of which is predicted.

        Log-probabilities, or margins of a classifier that has no probabilities. The log of
        probability 0, such as nearest neighbours give, is that of the smallest normal float.

        Args:
            features: Features as given to :meth:`fit`.
            domain: Where they come from.

        Raises:
            ValueError: If their width differs from that of training.
        """
        return self._scores(self.transform(features, domain=domain))

    def transform(
        self, features: Real[np.ndarray, "n d"], *, domain: Domain = "target"
    ) -> Float[np.ndarray, "n e"]:
        """Return the representation in which samples of both domains are compared.

        Args:
            features: Features as given to :meth:`fit`.
            domain: Where they come from.

        Raises:
            ValueError: If their width differs from that of training.
        """
        features = np.asarray(features, dtype=np.float64)
        if features.shape[1] != self.width:
            raise ValueError(
                f"{type(self).__name__} was fitted on {self.width} features; got "
                f"{features.shape[1]}; give features of the same kind"
            )
        return self._transform(features, domain)

    @property
    @abstractmethod
    def probabilistic(self) -> bool:
        """Whether scores are log-probabilities."""

    @abstractmethod
    def _fit(self, source: np.ndarray, labels: np.ndarray, target: np.ndarray) -> None:
        """Learn from checked float64 features and class indices ``0 ... k - 1``."""

    @abstractmethod
    def _scores(self, transformed: np.ndarray) -> np.ndarray:
        """Return scores of transformed samples."""

    def _transform(self, features: np.ndarray, domain: Domain) -> np.ndarray:
        return features


def log_probabilities(probabilities: Float[np.ndarray, "n k"]) -> Float[np.ndarray, "n k"]:
    """Return logarithms, that of 0 being finite."""
    return np.log(np.maximum(probabilities, np.finfo(np.float64).tiny))


def _check(source: np.ndarray, target: np.ndarray, labels: int, classes: np.ndarray) -> None:
    if source.ndim != 2 or target.ndim != 2 or source.shape[1:] != target.shape[1:]:
        raise ValueError(
            f"features are matrices of one width; got shapes {source.shape} of the source and "
            f"{target.shape} of the target"
        )
    if labels != len(source) or len(source) < 2 or len(target) < 2:
        raise ValueError(
            f"each domain needs at least 2 samples, and each source sample a label; got "
            f"{len(source)} source samples with {labels} labels and {len(target)} target samples"
        )
    if not (np.isfinite(source).all() and np.isfinite(target).all()):
        raise ValueError("features must be finite; got NaN or infinity; remove such samples")
    if len(classes) < 2:
        raise ValueError(
            f"a classifier needs at least 2 classes in the source; got only class {classes[0]}"
        )
