"""Deep embedded validation with normalised weights (DEVN)."""

import math

import numpy as np
from jaxtyping import Float, Real

from da.batch import Labeled, Unlabeled
from da.validators.dev import control_variate_risk
from da.validators.importance import Risk, sample_losses, weighted_status
from da.validators.score import Score, score, undefined


def shifted(weights: Real[np.ndarray, " n"]) -> Float[np.ndarray, " n"]:
    """Weights over the largest of them, shifted to mean 1; they lie in [0, 2]."""
    weights = weights / weights.max()
    return weights - weights.mean() + 1


def devn(
    source: Labeled, target: Unlabeled, *, weights: Real[np.ndarray, " n"], risk: Risk = "nll"
) -> Score:
    """As :func:`dev`, for weights over the largest of them, shifted to mean 1; at most 0.

    Musgrave, Belongie & Lim, *Three New Validators and a Large-Scale Benchmark Ranking for
    Unsupervised Domain Adaptation*, 2022. https://arxiv.org/abs/2208.07360

    Since the mean of the weights is 1, the control variate has no effect: it is a mean of losses
    that weighs samples almost equally where few of the weights are large.
    """
    status = weighted_status(source, weights)
    if undefined(status):
        return score(math.nan, status)
    return score(-control_variate_risk(shifted(weights), sample_losses(source, risk)), status)
