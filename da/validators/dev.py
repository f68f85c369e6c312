"""Importance-weighted source risk with a control variate (DEV)."""

import math

import numpy as np
from jaxtyping import Real

from da.batch import Labeled, Unlabeled
from da.validators.importance import Risk, sample_losses, weighted_status
from da.validators.score import Score, score, undefined


def control_variate_risk(weights: Real[np.ndarray, " n"], losses: Real[np.ndarray, " n"]) -> float:
    """Mean of weight times loss, corrected by how far the mean weight is from 1.

    With ``eta = -Cov(weight * loss, weight) / Var(weight)``, 0 for equal weights, it is
    ``mean(weight * loss) + eta * (mean(weight) - 1)``.
    """
    weighted = weights * losses
    scale = float(np.abs(weights).max())
    # Rounding would make a variance of equal weights, and a large eta of that.
    if len(weights) < 2 or np.ptp(weights) <= 1e-12 * scale:
        return float(weighted.mean())
    covariance = np.cov(weighted, weights, ddof=1)
    eta = -covariance[0, 1] / covariance[1, 1]
    return float(weighted.mean() + eta * (weights.mean() - 1))


def dev(
    source: Labeled, target: Unlabeled, *, weights: Real[np.ndarray, " n"], risk: Risk = "nll"
) -> Score:
    """Negative deep embedded validation risk on held-out source samples.

    You et al., *Towards Accurate Model Selection in Deep Unsupervised Domain Adaptation*, ICML
    2019, Algorithm 1. https://proceedings.mlr.press/v97/you19a.html

    The control variate lowers the variance of :func:`iwcv`; the estimated risk can be negative.

    Args:
        source: Held-out source samples.
        target: Not used beyond the weights.
        weights: Density of the target over the source at each of them, as of
            :func:`density_ratio`.
        risk: "nll" in nats to select models, "error" (a fraction) to report.

    Raises:
        ValueError: If there is not one weight per source sample.
    """
    status = weighted_status(source, weights)
    if undefined(status):
        return score(math.nan, status)
    return score(-control_variate_risk(weights, sample_losses(source, risk)), status)
