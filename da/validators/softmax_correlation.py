"""Correlation of classes in the target predictions."""

import math

import torch

from da.batch import Labeled, Unlabeled
from da.validators.float64 import float64
from da.validators.score import Score, score, status_of, undefined


def softmax_correlation(source: Labeled, target: Unlabeled) -> Score:
    """Cosine between the class correlation matrix ``P'P / n`` and the identity, in [k**-.5, 1].

    Tu et al., *What Does Softmax Probability Tell Us about Classifiers Ranking Across Diverse Test
    Conditions?*, TMLR 2024. https://arxiv.org/abs/2406.09908

    Certain and balanced predictions score 1; one certain class and uniform predictions alike score
    ``1 / sqrt(k)``. Some public code takes the smallest as the best, which is the wrong way round.
    """
    status = status_of(target.logits)
    if undefined(status):
        return score(math.nan, status)
    p = float64(target.logits).softmax(1)
    correlation = p.T @ p
    cosine = correlation.trace() / (torch.linalg.matrix_norm(correlation) * math.sqrt(p.shape[1]))
    return score(cosine.item(), status)
