"""Confusion of classes in the target predictions (MCC as a validator)."""

import math

from da.batch import Labeled, Unlabeled
from da.losses import class_confusion as confusion
from da.validators.float64 import float64
from da.validators.score import Score, score, status_of, undefined


def class_confusion(source: Labeled, target: Unlabeled) -> Score:
    """Negative minimum class confusion of all target samples, in [1 / k - 1, 0].

    Jin et al., *Minimum Class Confusion for Versatile Domain Adaptation*, ECCV 2020.
    https://arxiv.org/abs/1912.03699

    Unlike the training loss it leaves the probabilities at temperature 1.
    """
    status = status_of(target.logits)
    if undefined(status):
        return score(math.nan, status)
    return score(-confusion(float64(target.logits), temperature=1.0).item(), status)
