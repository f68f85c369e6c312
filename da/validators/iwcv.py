"""Importance-weighted source risk (IWCV)."""

import math

import numpy as np
from jaxtyping import Real

from da.batch import Labeled, Unlabeled
from da.validators.importance import Risk, sample_losses, weighted_status
from da.validators.score import Score, score, undefined


def weighted_risk(weights: Real[np.ndarray, " n"], losses: Real[np.ndarray, " n"]) -> float:
    """Mean of weight times loss."""
    return float(np.mean(weights * losses))


def self_normalized_risk(weights: Real[np.ndarray, " n"], losses: Real[np.ndarray, " n"]) -> float:
    """Mean of the losses by weight, which stays within their range; weights must not all be 0."""
    return float(np.average(losses, weights=weights))


def iwcv(
    source: Labeled, target: Unlabeled, *, weights: Real[np.ndarray, " n"], risk: Risk = "nll"
) -> Score:
    """Negative importance-weighted risk on held-out source samples, at most 0.

    Sugiyama, Krauledat & Müller, *Covariate Shift Adaptation by Importance Weighted Cross
    Validation*, JMLR 2007. https://jmlr.org/papers/v8/sugiyama07a.html

    Its mean over source samples is the risk on the target if only the density of the inputs
    differs; its variance explodes with the weights.

    Args:
        source: Held-out source samples.
        target: Not used beyond the weights.
        weights: Density of the target over the source at each of them, as of
            :func:`density_ratio`; the same for each model only if the features are.
        risk: "nll" in nats to select models, "error" (a fraction) to report.

    Raises:
        ValueError: If there is not one weight per source sample.
    """
    status = weighted_status(source, weights)
    if undefined(status):
        return score(math.nan, status)
    return score(-weighted_risk(weights, sample_losses(source, risk)), status)


def self_normalized_iwcv(
    source: Labeled, target: Unlabeled, *, weights: Real[np.ndarray, " n"], risk: Risk = "nll"
) -> Score:
    """As :func:`iwcv`, over the sum of the weights instead of their number.

    A little biased and far less variable, whence it stands for its family in :func:`borda`.
    """
    status = weighted_status(source, weights)
    if undefined(status):
        return score(math.nan, status)
    return score(-self_normalized_risk(weights, sample_losses(source, risk)), status)
