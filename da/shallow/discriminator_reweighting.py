"""Weights from a classifier of domains."""

from typing import Any

import numpy as np
from sklearn.preprocessing import StandardScaler

from da.shallow.classifiers import logistic_regression
from da.shallow.reweighting import Reweighting


class DiscriminatorReweighting(Reweighting):
    """Weigh by the odds that a logistic regression takes a source sample for a target sample.

    Bickel, Brückner & Scheffer, *Discriminative Learning for Differing Training and Test
    Distributions*, ICML 2007, Eq. 2, in two steps. https://doi.org/10.1145/1273496.1273507

    Args:
        strength: Weight of the discriminator's loss against its squared norm; positive. Where
            features tell the domains apart, large ones put all weight on few samples.
        **kwargs: See :class:`Reweighting`.
    """

    assumes = "one labelling of both domains, the source covering the target"
    hurts = "if supports differ: few source samples then carry all weight"

    def __init__(self, *, strength: float = 1.0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if not strength > 0:
            raise ValueError(f"the strength of a discriminator is positive; got {strength}")
        self.strength = strength

    def _ratio(self, source: np.ndarray, target: np.ndarray) -> np.ndarray:
        both = StandardScaler().fit_transform(np.concatenate([source, target]))
        is_target = np.arange(len(both)) >= len(source)
        discriminator = logistic_regression(strength=self.strength).fit(both, is_target)
        # The sizes of the domains multiply the odds of all samples alike
        log_odds = discriminator.decision_function(both[: len(source)])
        return np.exp(log_odds - log_odds.max())
