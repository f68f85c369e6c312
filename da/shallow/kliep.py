"""KLIEP: the density ratio under which the target is most likely."""

from typing import Any

import numpy as np
from jaxtyping import Float
from scipy.optimize import minimize
from sklearn.metrics.pairwise import rbf_kernel

from da.shallow.bandwidth import median_bandwidth
from da.shallow.reweighting import Reweighting

TINY = np.finfo(np.float64).tiny


class KLIEP(Reweighting):
    """Model the density ratio as a mixture of Gaussians at target samples, by likelihood.

    Sugiyama et al., *Direct Importance Estimation with Model Selection and Its Application to
    Covariate Shift Adaptation*, NeurIPS 2007, Eq. 8 and Fig. 1; the width is chosen by its
    likelihood cross-validation. https://papers.nips.cc/paper/2007/hash/
    be83ab3ecd0db773eb2dc1b0a17836a1-Abstract.html

    Args:
        bandwidths: Standard deviations to choose from, as multiples of the median distance.
        centers: Largest number of Gaussians, at evenly spaced target samples.
        folds: Folds of the cross-validation; fold ``i`` holds each ``folds``-th target sample.
        **kwargs: See :class:`Reweighting`.
    """

    assumes = "one labelling of both domains, the source covering the target"
    hurts = "if supports differ: few source samples then carry all weight"

    def __init__(
        self,
        *,
        bandwidths: tuple[float, ...] = (0.1, 0.2, 0.5, 1.0, 2.0, 5.0),
        centers: int = 100,
        folds: int = 5,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        if min(bandwidths, default=0) <= 0 or centers < 1 or folds < 2:
            raise ValueError(
                f"KLIEP needs positive bandwidths, at least 1 center and 2 folds; got "
                f"bandwidths={bandwidths}, centers={centers}, folds={folds}"
            )
        self.bandwidths, self.centers, self.folds = bandwidths, centers, folds

    def _ratio(self, source: np.ndarray, target: np.ndarray) -> np.ndarray:
        median = median_bandwidth(source, target)
        spaced = np.linspace(0, len(target) - 1, min(self.centers, len(target)))
        centers = target[spaced.round().astype(int)]
        candidates = []
        for multiple in self.bandwidths:
            gamma = 1 / (2 * (multiple * median) ** 2)
            at_source, at_target = (rbf_kernel(x, centers, gamma=gamma) for x in (source, target))
            # Far from every source sample the ratio has no bound, and no source sample needs it
            reached = at_source.mean(0) > TINY
            if reached.any():
                candidates.append((at_source[:, reached], at_target[:, reached]))
        if not candidates:
            raise ValueError(
                f"no Gaussian at a target sample reaches a source sample; got "
                f"bandwidths={self.bandwidths} times the median distance; choose larger ones"
            )
        at_source, at_target = max(candidates, key=self._likelihood)
        return at_source @ ratio_coefficients(at_source, at_target)

    def _likelihood(self, candidate: tuple[np.ndarray, np.ndarray]) -> float:
        if len(self.bandwidths) == 1:
            return 0.0
        at_source, at_target = candidate
        fold = np.arange(len(at_target)) % min(self.folds, len(at_target))
        scores = []
        for i in range(fold.max() + 1):
            coefficients = ratio_coefficients(at_source, at_target[fold != i])
            scores.append(np.log(at_target[fold == i] @ coefficients + TINY).mean())
        return float(np.mean(scores))


def ratio_coefficients(
    at_source: Float[np.ndarray, "n b"], at_target: Float[np.ndarray, "m b"]
) -> Float[np.ndarray, " b"]:
    """Maximize the likelihood of the target under a mean ratio of 1 on the source.

    With each coefficient times the mean of its Gaussian over the source as unknown, unknowns sum
    to 1. The likelihood less this sum has its maximum there by itself, as scaling all unknowns
    shows, so that bounds are the only constraints: the optimum of the paper without the step sizes
    of its gradient ascent.

    Args:
        at_source: Each Gaussian at each source sample; no column is 0.
        at_target: Each Gaussian at each target sample.
    """
    means = at_source.mean(0)
    # A sample that no Gaussian reaches has likelihood 0 whatever the coefficients
    densities = at_target[at_target.max(1) > TINY] / means

    def loss(shares: np.ndarray) -> tuple[float, np.ndarray]:
        likelihood = densities @ shares + TINY
        slope = densities / likelihood[:, None]
        return shares.sum() - np.log(likelihood).mean(), 1 - slope.mean(0)

    shares = np.full(len(means), 1 / len(means))
    if len(densities):
        shares = minimize(loss, shares, jac=True, bounds=[(0, None)] * len(means)).x
    return shares / shares.sum() / means
