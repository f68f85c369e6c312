"""Accuracy from confidence: average thresholded confidence (ATC)."""

import math
from typing import Literal

from jaxtyping import Float
from torch import Tensor

from da.batch import Labeled, Unlabeled
from da.losses import entropy
from da.validators.float64 import float64
from da.validators.score import Score, score, status_of, undefined, worst

Confidence = Literal["probability", "entropy"]


def atc(source: Labeled, target: Unlabeled, *, confidence: Confidence = "probability") -> Score:
    """Estimated target accuracy: share of samples as confident as correct source ones, in [0, 1].

    Garg et al., *Leveraging Unlabeled Data to Predict Out-of-Distribution Performance*, ICLR 2022.
    https://arxiv.org/abs/2201.04234

    The threshold is the confidence below which as many held-out source samples lie as are
    classified wrongly. It is as good as the calibration carries over to the target.

    Args:
        source: Held-out source samples.
        target: Held-out target samples.
        confidence: Largest "probability", or negative "entropy".
    """
    status = worst(status_of(source.logits), status_of(target.logits))
    if undefined(status):
        return score(math.nan, status)
    logits = float64(source.logits)
    errors = int((logits.argmax(1) != source.labels.cpu()).sum())
    if errors == len(logits):
        return score(0.0, status)
    threshold = _confidence(logits, confidence).sort().values[errors]
    certain = _confidence(float64(target.logits), confidence) >= threshold
    return score(certain.double().mean().item(), status)


def _confidence(logits: Float[Tensor, "n k"], kind: Confidence) -> Float[Tensor, " n"]:
    return -entropy(logits) if kind == "entropy" else logits.softmax(1).amax(1)
