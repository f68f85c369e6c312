"""Likelihood of the source labels."""

from torch.nn import functional as F

from da.batch import Labeled, Unlabeled
from da.validators.float64 import float64
from da.validators.score import Score, score, status_of


def source_nll(source: Labeled, target: Unlabeled) -> Score:
    """Mean log-likelihood of held-out source labels, at most 0, in nats.

    Unlike the accuracy it also ranks models that make the same decisions.
    """
    logits, labels = float64(source.logits), source.labels.cpu()
    return score(-F.cross_entropy(logits, labels).item(), status_of(source.logits))
