"""Proxy A-distance: how well a linear classifier tells two domains apart on held-out samples."""

from typing import NamedTuple

import numpy as np
from jaxtyping import Float
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import LinearSVC

MOST = 2000  # samples of each domain


class ProxyADistance(NamedTuple):
    """How far two domains are apart.

    Attributes:
        value: ``2 (1 - 2 error)``, mean over the splits: 0 for one distribution, 2 for domains that
            never overlap; below 0 by chance.
        standard_error: Of one split's value, ``4 sqrt(error (1 - error) / n)``.
        error: Balanced error of the domain classifier on held-out samples, mean over the splits.
    """

    value: float
    standard_error: float
    error: float


def proxy_a_distance(
    source: Float[np.ndarray, "n d"],
    target: Float[np.ndarray, "m d"],
    *,
    splits: int = 5,
    seed: int = 0,
) -> ProxyADistance:
    """Estimate the proxy A-distance between two samples of features.

    Ben-David et al., *Analysis of Representations for Domain Adaptation*, NeurIPS 2007, Sec. 4;
    computed as in Ganin et al., *Domain-Adversarial Training of Neural Networks*, JMLR 2016,
    Sec. 5.1.5. https://arxiv.org/abs/1505.07818

    Both are cut to equal size. A linear support vector machine is trained on half of each, its
    regularization chosen there by three-fold cross-validation, and its error is counted on the
    other half: that on its training samples says 2 of any two small samples of many features. The
    distance says that domains can be told apart, not that a model of one fails on the other.

    Args:
        source: Features of one domain.
        target: Features of the other.
        splits: Number of random halvings.
        seed: Of the halvings.

    Raises:
        ValueError: If a domain has fewer than 12 samples, of which too few are left to choose from.
    """
    size = min(len(source), len(target), MOST)
    if size < 12:
        raise ValueError(
            f"a distance of domains needs at least 12 samples of each; got {len(source)} "
            f"and {len(target)}"
        )
    generator, half = np.random.default_rng(seed), size // 2
    errors = []
    for _ in range(splits):
        first, second = (x[generator.permutation(len(x))[:size]] for x in (source, target))
        domains = np.repeat([0, 1], half)
        machine = _machine().fit(np.concatenate([first[:half], second[:half]]), domains)
        wrong = [machine.predict(x[half:]) != d for d, x in enumerate((first, second))]
        errors.append(float(np.mean([np.mean(w) for w in wrong])))
    error = float(np.mean(errors))
    spread = 4 * float(np.sqrt(error * (1 - error) / (2 * (size - half))))
    return ProxyADistance(2 * (1 - 2 * error), spread, error)


def _machine() -> GridSearchCV:
    classifier: Pipeline = make_pipeline(StandardScaler(), LinearSVC(dual=False, random_state=0))
    return GridSearchCV(classifier, {"linearsvc__C": [1e-4, 1e-3, 1e-2, 1e-1, 1.0]}, cv=3)
