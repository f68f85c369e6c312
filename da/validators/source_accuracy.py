"""Accuracy on the source."""

from da.batch import Labeled, Unlabeled
from da.validators.score import Score, score, status_of


def source_accuracy(source: Labeled, target: Unlabeled) -> Score:
    """Share of held-out source samples classified correctly, in [0, 1].

    Blind to the target, and yet a strong baseline: Musgrave, Belongie & Lim, *Three New Validators
    and a Large-Scale Benchmark Ranking for Unsupervised Domain Adaptation*, 2022.
    https://arxiv.org/abs/2208.07360
    """
    correct = source.logits.argmax(1) == source.labels
    return score(correct.double().mean().item(), status_of(source.logits))
