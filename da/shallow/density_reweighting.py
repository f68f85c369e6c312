"""Weights from a density estimate of each domain."""

from typing import Any

import numpy as np
from sklearn.neighbors import KernelDensity

from da.shallow.bandwidth import median_bandwidth
from da.shallow.reweighting import Reweighting


class DensityReweighting(Reweighting):
    """Divide a Gaussian kernel density estimate of the target by one of the source.

    Sugiyama & Müller, *Input-Dependent Estimation of Generalization Error under Covariate Shift*,
    Statistics & Decisions 2005, Sec. 4. https://doi.org/10.1524/stnd.2005.23.4.249

    Estimates of densities in many dimensions are poor, and their ratio puts all weight on few
    samples there.

    Args:
        bandwidth: Standard deviation of the kernel; the median distance between the domains
            without one.
        **kwargs: See :class:`Reweighting`.
    """

    assumes = "one labelling of both domains, the source covering the target"
    hurts = "if features are many: densities cannot then be estimated"

    def __init__(self, *, bandwidth: float | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if bandwidth is not None and not bandwidth > 0:
            raise ValueError(f"a bandwidth is positive; got {bandwidth}")
        self.bandwidth = bandwidth

    def _ratio(self, source: np.ndarray, target: np.ndarray) -> np.ndarray:
        density = KernelDensity(bandwidth=self.bandwidth or median_bandwidth(source, target))
        # The scale of the weights is free, and without the largest they cannot overflow
        log_ratio = density.fit(target).score_samples(source)
        log_ratio = log_ratio - density.fit(source).score_samples(source)
        return np.exp(log_ratio - log_ratio.max())
