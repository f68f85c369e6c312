"""Confidence of the target predictions."""

import math

from da.batch import Labeled, Unlabeled
from da.validators.score import Score, score, status_of
from da.validators.summary import summarize


def entropy(source: Labeled, target: Unlabeled) -> Score:
    """Negative mean entropy of the target predictions over ``log k``, in [-1, 0].

    Morerio, Cavazza & Murino, *Minimal-Entropy Correlation Alignment for Unsupervised Deep Domain
    Adaptation*, ICLR 2018 (https://arxiv.org/abs/1711.10288), select hyper-parameters with it. A
    model that collapses to one confident class has the best score there is.
    """
    status = status_of(target.logits)
    nats = summarize(target.logits).mean_entropy
    return score(-nats / math.log(max(2, target.logits.shape[1])), status)
