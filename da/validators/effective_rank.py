"""Effective rank of the target features (RankMe)."""

import math

import torch

from da.batch import Labeled, Unlabeled
from da.validators.float64 import float64
from da.validators.score import Score, score, status_of, undefined


def effective_rank(source: Labeled, target: Unlabeled) -> Score:
    """Exponential of the entropy of the target features' singular values, in [1, min(n, d)].

    Garrido et al., *RankMe: Assessing the Downstream Performance of Pretrained Self-Supervised
    Representations by Their Rank*, ICML 2023, Eq. 1. https://arxiv.org/abs/2210.02885

    It ignores the predictions and grows with the number of samples; batch normalization or
    whitening before the classifier raise it without making a model better. Features that are all
    zero have no rank.
    """
    status = status_of(target.logits, target.features)
    if undefined(status):
        return score(math.nan, status)
    values = torch.linalg.svdvals(float64(target.features))
    shares = values / values.sum()
    return score(torch.special.entr(shares).sum().exp().item(), status)
