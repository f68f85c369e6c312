"""Norm of normalised logits (MaNo)."""

import math

import torch
from jaxtyping import Float
from torch import Tensor

from da.batch import Labeled, Unlabeled
from da.validators.float64 import float64
from da.validators.score import Score, score, status_of, undefined

# Above this mean cross-entropy to uniform the softmax is trusted.
_CONFIDENT = 5.0


def matrix_norm(source: Labeled, target: Unlabeled) -> Score:
    """Fourth power mean of all entries of the normalised target logits, in [1 / k, k**-.25].

    Xie et al., *MaNo: Exploiting Matrix Norm for Unsupervised Accuracy Estimation Under
    Distribution Shifts*, NeurIPS 2024. https://arxiv.org/abs/2405.18979

    Logits are normalised by a softmax if predictions are confident, else by a second-order Taylor
    series of it, which trusts them less. The series is taken of the logits as they are; it would
    change with a constant added to them. For 149 classes or more the softmax is always taken.
    It measures confidence only, whatever the classes.
    """
    status = status_of(target.logits)
    if undefined(status):
        return score(math.nan, status)
    normalized = _normalized(float64(target.logits))
    return score(normalized.pow(4).mean().pow(0.25).item(), status)


def _normalized(logits: Float[Tensor, "n k"]) -> Float[Tensor, "n k"]:
    if -logits.log_softmax(1).mean() > _CONFIDENT:
        return logits.softmax(1)
    series = 1 + logits + logits.square() / 2
    series = series - series.amin(1, keepdim=True)
    sums = series.sum(1, keepdim=True)
    uniform = torch.full_like(series, 1 / logits.shape[1])
    return torch.where(sums > 0, series / sums.where(sums > 0, 1), uniform)
