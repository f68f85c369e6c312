"""Intervals for paired differences that vary over seeds and over test items at once."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from jaxtyping import Real
from scipy import stats

from da.transfer.weights import item_weights


@dataclass(frozen=True)
class Interval:
    """An estimate with its two-sided confidence interval.

    Attributes:
        estimate: Mean difference, a fraction: 0.01 is one point.
        low: Lower bound.
        high: Upper bound.
        p: Two-sided p-value of "the difference is zero".
        df: Degrees of freedom of the t distribution behind it.
    """

    estimate: float
    low: float
    high: float
    p: float
    df: float

    @property
    def half_width(self) -> float:
        """Half the length of the interval: what the design was able to resolve."""
        return (self.high - self.low) / 2


class VarianceComponents(NamedTuple):
    """Where the variance of a mean over seeds and items comes from.

    ``seeds`` and ``items`` each contain ``interaction``; ``total`` counts it once and is never
    below either of them.
    """

    seeds: float
    items: float
    interaction: float
    total: float


def variance_components(
    differences: Real[np.ndarray, "seeds items"],
    *,
    weights: Real[np.ndarray, " items"] | None = None,
) -> VarianceComponents:
    """Estimate the variance of the mean difference, clustered by seed and by item.

    Cameron, Gelbach & Miller, *Robust Inference With Multiway Clustering*, JBES 2011, Sec. 2.2.
    https://doi.org/10.1198/jbes.2010.07136

    Of one seed nothing is known about other seeds: ``seeds`` and ``interaction`` are then NaN, and
    ``total`` is ``items``.

    Args:
        differences: Differences of each seed (rows) on each item (columns), the same items.
        weights: How much each item counts, mean 1.

    Raises:
        ValueError: If there are fewer than two items, no seed, or a value that is not finite.
    """
    return _components(_weighted(differences, weights))


def twc(
    differences: Real[np.ndarray, "seeds items"],
    *,
    level: float = 0.95,
    weights: Real[np.ndarray, " items"] | None = None,
) -> Interval:
    """Two-way clustered t interval for the mean of paired differences.

    Cameron, Gelbach & Miller, *Robust Inference With Multiway Clustering*, JBES 2011, Sec. 2.2.
    https://doi.org/10.1198/jbes.2010.07136

    The degrees of freedom combine those of seeds and items as in Satterthwaite, *An Approximate
    Distribution of Estimates of Variance Components*, Biometrics 1946.

    With one seed the interval is *conditional on the seed*: it speaks about these two trained
    models and not about the algorithms. If nothing varies, it is a single point and p is 1 at zero
    and 0 elsewhere.

    Args:
        differences: Real differences of each seed (rows) on each item (columns): of correctness
            in {-1, 0, 1}, of losses, or bare correctness for the accuracy itself.
        level: Confidence level, in (0, 1).
        weights: How much each item counts, mean 1. They enter as in a ratio estimator, linearized
            around the weighted mean (Särndal, Swensson & Wretman, *Model Assisted Survey
            Sampling*, 1992, Sec. 5.6).

    Raises:
        ValueError: If there are fewer than two items, no seed, a value that is not finite, or a
            level outside (0, 1).
    """
    if not 0 < level < 1:
        raise ValueError(f"a confidence level is in (0, 1); got level={level}")
    scaled = _weighted(differences, weights)
    seeds, items = scaled.shape
    estimate = float(scaled.mean())
    parts = _components(scaled)
    df = float(items - 1)
    if parts.total == 0:
        return Interval(estimate, estimate, estimate, float(estimate == 0), df)
    if seeds > 1:
        spread = parts.seeds**2 / (seeds - 1) + parts.items**2 / (items - 1)
        df = max(parts.total**2 / spread, 1.0)
    error = parts.total**0.5
    half = float(stats.t.ppf((1 + level) / 2, df)) * error
    p = 2 * float(stats.t.sf(abs(estimate) / error, df))
    return Interval(estimate, estimate - half, estimate + half, p, df)


def _weighted(
    differences: Real[np.ndarray, "seeds items"], weights: Real[np.ndarray, " items"] | None
) -> np.ndarray:
    differences = np.asarray(differences, dtype=np.float64)
    if differences.ndim != 2 or differences.shape[0] < 1 or differences.shape[1] < 2:
        raise ValueError(
            f"an interval needs an array of at least 1 seed x 2 items; got shape "
            f"{differences.shape}"
        )
    if not np.isfinite(differences).all():
        raise ValueError("differences must be finite; got NaN or infinity, so drop such runs first")
    weights = item_weights(weights, differences.shape[1])
    # Around the mean, as for a ratio of two sums: that the items weigh differently must not widen
    # the interval of a value that is the same for all of them.
    mean = (differences * weights).mean() / weights.mean()
    return mean + weights * (differences - mean)


def _components(scaled: np.ndarray) -> VarianceComponents:
    seeds, items = scaled.shape
    by_seed, by_item = scaled.mean(1), scaled.mean(0)
    v_items = float(by_item.var(ddof=1) / items)
    if seeds == 1:
        return VarianceComponents(float("nan"), v_items, float("nan"), v_items)
    v_seeds = float(by_seed.var(ddof=1) / seeds)
    residual = scaled - by_seed[:, None] - by_item + scaled.mean()
    v_both = float((residual**2).sum() / ((seeds - 1) * (items - 1)) / (seeds * items))
    # The sum may fall below a single component by chance, even below zero; the variance cannot.
    total = max(v_seeds + v_items - v_both, v_seeds, v_items)
    return VarianceComponents(v_seeds, v_items, v_both, total)
