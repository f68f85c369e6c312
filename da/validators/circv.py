"""Circular validation: back to the source (CircV)."""

import math

from jaxtyping import Float
from torch import Tensor

from da.batch import Labeled, Unlabeled
from da.validators.agreement import check_same_samples
from da.validators.score import Score, score, status_of, undefined, worst


def circv(source: Labeled, target: Unlabeled, *, backward: Float[Tensor, "n k"]) -> Score:
    """Accuracy on the source of a model trained backwards, from target to source, in [0, 1].

    Bruzzone & Marconcini, *Domain Adaptation Problems: A DASVM Classification Technique and a
    Circular Validation Strategy*, TPAMI 2010; Zhong et al., *Cross Validation Framework to Choose
    amongst Models and Datasets for Transfer Learning*, ECML PKDD 2010.

    It costs a second training of the same method: the target, with the labels that the model
    predicts, is its source, and the source without labels its target.

    Args:
        source: Held-out source samples.
        target: Held-out target samples, for the status alone.
        backward: Logits of the source samples by the model trained backwards.

    Raises:
        ValueError: If these are logits of other samples.
    """
    check_same_samples("logits of the backward model", backward, source.logits)
    status = worst(status_of(target.logits), status_of(backward))
    if undefined(status):
        return score(math.nan, status)
    right = backward.argmax(1).cpu() == source.labels.cpu()
    return score(right.double().mean().item(), status)
