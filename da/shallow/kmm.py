"""KMM: weights that move the source's kernel mean to the target's."""

from typing import Any

import numpy as np
from jaxtyping import Float
from sklearn.metrics.pairwise import rbf_kernel

from da.shallow.bandwidth import median_bandwidth
from da.shallow.reweighting import Reweighting


class KMM(Reweighting):
    """Match the means of both domains in the space of a Gaussian kernel.

    Huang et al., *Correcting Sample Selection Bias by Unlabeled Data*, NeurIPS 2006, Eq. 4-5.
    https://papers.nips.cc/paper/2006/hash/a2186aa7c086b46ad4e8bf81e2a3a19b-Abstract.html

    Args:
        bandwidth: Standard deviation of the kernel; the median distance without one.
        largest: Bound on a weight, B in the paper; at least 1.
        slack: How far the mean weight may be from 1; ``(sqrt(n) - 1) / sqrt(n)`` without one, the
            paper's value for n source samples.
        iterations: Largest number of gradient steps; they end earlier when weights move no more.
        **kwargs: See :class:`Reweighting`.
    """

    assumes = "one labelling of both domains, the source covering the target"
    hurts = "if supports differ: few source samples then carry all weight"

    def __init__(
        self,
        *,
        bandwidth: float | None = None,
        largest: float = 1000.0,
        slack: float | None = None,
        iterations: int = 5000,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        if largest < 1 or (bandwidth is not None and not bandwidth > 0) or (slack or 0) < 0:
            raise ValueError(
                f"KMM needs largest >= 1, bandwidth > 0 and slack >= 0; got largest={largest}, "
                f"bandwidth={bandwidth}, slack={slack}"
            )
        self.bandwidth, self.largest, self.slack = bandwidth, largest, slack
        self.iterations = iterations

    def _ratio(self, source: np.ndarray, target: np.ndarray) -> np.ndarray:
        n = len(source)
        gamma = 1 / (2 * (self.bandwidth or median_bandwidth(source, target)) ** 2)
        slack = 1 - n**-0.5 if self.slack is None else self.slack
        return matching_weights(
            rbf_kernel(source, gamma=gamma),
            rbf_kernel(source, target, gamma=gamma).mean(1),
            largest=self.largest,
            total=(max(n * (1 - slack), 0), n * (1 + slack)),
            iterations=self.iterations,
        )


def matching_weights(
    kernel: Float[np.ndarray, "n n"],
    similarity: Float[np.ndarray, " n"],
    *,
    largest: float,
    total: tuple[float, float],
    iterations: int = 5000,
) -> Float[np.ndarray, " n"]:
    """Minimize ``w K w / (2 n^2) - w s / n`` over weights between bounds, with a bounded sum.

    The quadratic program of KMM by accelerated projected gradient with restarts: Beck & Teboulle,
    *A Fast Iterative Shrinkage-Thresholding Algorithm*, SIAM J. Imaging Sciences 2009.
    https://doi.org/10.1137/080716542

    Args:
        kernel: Kernel between the source samples.
        similarity: Mean kernel of each source sample to the target.
        largest: Upper bound of each weight.
        total: Bounds of the sum.
        iterations: Largest number of steps.
    """
    n = len(kernel)
    step = n / np.linalg.norm(kernel, 2)  # for the objective times n
    weights = _project(np.ones(n), largest, total)
    point, momentum = weights, 1.0
    for _ in range(iterations):
        moved = _project(point - step * (kernel @ point / n - similarity), largest, total)
        change = moved - weights
        if np.vdot(point - moved, change) > 0:  # overshot: start to accelerate anew
            momentum = 1.0
        following = (1 + np.sqrt(1 + 4 * momentum**2)) / 2
        point, momentum = moved + (momentum - 1) / following * change, following
        weights = moved
        if np.abs(change).max() < 1e-6:
            break
    return weights


def _project(point: np.ndarray, largest: float, total: tuple[float, float]) -> np.ndarray:
    """Return the nearest weights within the bounds: shift all alike, then clip."""
    clipped = np.clip(point, 0, largest)
    wanted = np.clip(clipped.sum(), *total)
    if clipped.sum() == wanted:
        return clipped
    # The sum grows with the shift, by as many as are between their bounds
    shifts = np.concatenate([-point, largest - point])
    order = np.argsort(shifts)
    between = np.cumsum(np.where(order < len(point), 1, -1))
    sums = np.concatenate([[0.0], np.cumsum(between[:-1] * np.diff(shifts[order]))])
    return np.clip(point + np.interp(wanted, sums, shifts[order]), 0, largest)
