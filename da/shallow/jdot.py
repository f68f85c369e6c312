"""JDOT: transport features and labels together, and learn the target's classifier from it."""

import numpy as np
import ot
from jaxtyping import Float
from sklearn.svm import LinearSVC

from da.shallow.base import Baseline
from da.shallow.classifiers import class_scores
from da.shallow.label_propagation import median_cost


class JDOT(Baseline):
    """Alternate between a transport of (features, labels) and a target classifier.

    Courty et al., *Joint Distribution Optimal Transportation for Domain Adaptation*, NeurIPS 2017,
    Eq. 6 and Alg. 1. https://arxiv.org/abs/1705.08848

    The classifier is a linear one-vs-rest support vector machine with the squared hinge loss, the
    paper's; both steps minimize the same objective, whose values after each classifier are in
    ``objectives``.

    Args:
        feature_weight: Weight of the squared distance of features, of which the median is 1,
            against the loss (alpha in the paper); positive.
        strength: Weight of the mean loss against the squared norm of the classifier; positive.
        iterations: Largest number of transports; they end earlier when the plan moves no more.
    """

    assumes = "equal class proportions"
    hurts = "if proportions differ, or the first classifier is wrong"
    probabilistic = False
    #: Objective after each classifier.
    objectives: list[float]

    def __init__(
        self, *, feature_weight: float = 1.0, strength: float = 10.0, iterations: int = 20
    ) -> None:
        if not (feature_weight > 0 and strength > 0 and iterations >= 1):
            raise ValueError(
                f"JDOT needs positive weights and at least 1 iteration; got feature_weight="
                f"{feature_weight}, strength={strength}, iterations={iterations}"
            )
        self.feature_weight, self.strength = feature_weight, strength
        self.iterations = iterations

    def _fit(self, source: np.ndarray, labels: np.ndarray, target: np.ndarray) -> None:
        k = len(self.classes)
        distance = self.feature_weight * median_cost(source, target)
        losses = np.zeros((k, len(target)))
        self.objectives = []
        previous = None
        for _ in range(self.iterations):
            cost = distance + losses[labels]
            plan = ot.emd([], [], cost, numItermax=10_000_000)
            if previous is not None and np.sum(plan * cost) > (1 - 1e-9) * np.sum(previous * cost):
                break
            previous = plan
            shares = np.eye(k)[labels].T @ plan
            self.fitted = self._classifier(target, shares)
            losses = squared_hinge(class_scores(self.fitted, target)).T
            self.objectives.append(
                float(np.sum(plan * distance) + np.sum(shares * losses))
                + _squared_norm(self.fitted) / (2 * self.strength)
            )

    def _classifier(self, target: np.ndarray, shares: np.ndarray) -> LinearSVC:
        """Train on target samples that belong to several classes, each with some mass."""
        classes, samples = np.nonzero(shares)
        # The classifier sums its loss, of weights that are 1 in all
        svm = LinearSVC(C=self.strength, tol=1e-6, random_state=0, max_iter=100_000)
        return svm.fit(target[samples], classes, sample_weight=shares[classes, samples])

    def _scores(self, transformed: np.ndarray) -> np.ndarray:
        return class_scores(self.fitted, transformed)


def squared_hinge(margins: Float[np.ndarray, "n k"]) -> Float[np.ndarray, "n k"]:
    """Return what each sample would cost in each class: one-vs-rest squared hinge losses, summed.

    Args:
        margins: Signed distances to the hyperplane of each class.
    """
    inside, outside = np.maximum(1 - margins, 0) ** 2, np.maximum(1 + margins, 0) ** 2
    return inside + outside.sum(1, keepdims=True) - outside


def _squared_norm(svm: LinearSVC) -> float:
    # The intercept is regularized too
    return float(np.sum(svm.coef_**2) + np.sum(svm.intercept_**2))
