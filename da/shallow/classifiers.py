"""The base classifiers of the literature, and one way to ask any classifier for scores."""

from collections.abc import Sequence
from typing import Literal

import numpy as np
from jaxtyping import Float
from sklearn.base import BaseEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.metrics.pairwise import linear_kernel
from sklearn.model_selection import GridSearchCV, StratifiedKFold
from sklearn.neighbors import KNeighborsClassifier
from sklearn.svm import SVC

from da.shallow.base import log_probabilities


def nearest_neighbor() -> KNeighborsClassifier:
    """Return the 1-NN classifier, which has nothing to tune and so is the literature's usual one.

    Gong et al., *Geodesic Flow Kernel for Unsupervised Domain Adaptation*, CVPR 2012, Sec. 4.1.
    """
    return KNeighborsClassifier(1)


def linear_svm(*, strength: float = 1.0) -> SVC:
    """Return a linear one-vs-one support vector machine, LIBSVM's, as most of the literature.

    Chang & Lin, *LIBSVM: A Library for Support Vector Machines*, ACM TIST 2011.
    https://doi.org/10.1145/1961189.1961199

    Args:
        strength: Weight of the hinge loss against the squared norm; positive. Where there are more
            features than samples, all but small ones separate the source and are the same.
    """
    # the products by BLAS: for reviews of 5,000 words, 25 times as fast as LIBSVM's own; ties are
    # broken so that the largest score decides
    return SVC(kernel=linear_kernel, C=strength, break_ties=True)


def searched_svm(
    *, strengths: Sequence[float], folds: int = 2, kernel: Literal["linear", "rbf"] = "linear"
) -> GridSearchCV:
    """Return a support vector machine whose weight of the loss is searched on the source.

    Sun, Feng & Saenko, *Return of Frustratingly Easy Domain Adaptation*, AAAI 2016.
    https://arxiv.org/abs/1511.05547

    Args:
        strengths: Weights to choose from by cross-validation; see :func:`linear_svm`.
        folds: Folds of the cross-validation; at least 2.
        kernel: Kernel; ``exp(-|x - y|^2 / d)`` for "rbf" and ``d`` features, LIBSVM's default.
    """
    svm = linear_svm() if kernel == "linear" else SVC(gamma="auto", break_ties=True)
    return GridSearchCV(svm, {"C": list(strengths)}, cv=StratifiedKFold(folds))


def logistic_regression(*, strength: float = 1.0) -> LogisticRegression:
    """Return a multinomial logistic regression.

    Args:
        strength: Weight of the loss against the squared norm; positive.
    """
    return LogisticRegression(C=strength, max_iter=10_000)


def is_probabilistic(classifier: BaseEstimator) -> bool:
    """Return whether a classifier has probabilities, and not margins alone."""
    return hasattr(classifier, "predict_proba")  # a search over an SVM has none, one over 1-NN has


def class_scores(
    classifier: BaseEstimator, features: Float[np.ndarray, "n d"]
) -> Float[np.ndarray, "n k"]:
    """Return log-probabilities of a fitted classifier, or its margins; one column per class."""
    if is_probabilistic(classifier):
        return log_probabilities(classifier.predict_proba(features))
    margins = classifier.decision_function(features)
    return np.stack([-margins, margins], 1) if margins.ndim == 1 else margins
