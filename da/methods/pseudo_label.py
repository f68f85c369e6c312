"""Pseudo-labels."""

from typing import Any

from torch import Tensor

from da.batch import Labeled, Unlabeled
from da.losses import confident_cross_entropy
from da.methods.base import JointTraining


class PseudoLabel(JointTraining):
    """Train on the classes that the network itself predicts with confidence for the target.

    Lee, *Pseudo-Label: The Simple and Efficient Semi-Supervised Learning Method for Deep Neural
    Networks*, ICML Workshops 2013, Eq. 15. The paper takes every prediction as a label; the
    threshold is that of French, Mackiewicz & Fisher, ICLR 2018. https://arxiv.org/abs/1706.05208

    Args:
        threshold: Least probability of a prediction to serve as a label, in [0, 1].
        **kwargs: See :class:`JointTraining`.
    """

    family = "target structure"
    assumes = "nothing of the classes; that confident means right"
    hurts = "if the source-only model is confidently wrong"
    matches_marginals = False

    def __init__(self, *, threshold: float = 0.95, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if not 0 <= threshold <= 1:
            raise ValueError(f"a threshold of confidence lies in [0, 1]; got threshold={threshold}")
        self.threshold = threshold

    def adaptation_loss(self, source: Labeled, target: Unlabeled) -> Tensor:
        confident = target.logits.detach().softmax(1).max(1).values >= self.threshold
        self.monitored["confident"] = confident.float().mean()
        return self.weight * confident_cross_entropy(
            target.logits, target.logits, threshold=self.threshold
        )
