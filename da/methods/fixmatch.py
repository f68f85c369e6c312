"""FixMatch."""

from typing import Any

from torch import Tensor

from da.batch import Labeled, Unlabeled
from da.losses import confident_cross_entropy
from da.methods.self_training import SelfTraining


class FixMatch(SelfTraining):
    """Learn from a strong view of the target the class that the plain view was confidently given.

    Sohn et al., *FixMatch: Simplifying Semi-Supervised Learning with Consistency and Confidence*,
    NeurIPS 2020, Eq. 4. https://arxiv.org/abs/2001.07685

    The labelled samples are the source, the unlabelled ones the target.

    Args:
        threshold: Least probability of a label, in [0, 1].
        **kwargs: See :class:`JointTraining`.
    """

    family = "target structure"
    assumes = "nothing of the classes; that confident means right"
    hurts = "if the source-only model is confidently wrong, or views change the class"
    needs_second_view = True

    def __init__(self, *, threshold: float = 0.95, **kwargs: Any) -> None:
        super().__init__(threshold=threshold, **kwargs)

    def advise(self, inputs: Tensor) -> Tensor:
        return self(inputs)

    def adaptation_loss(self, source: Labeled, target: Unlabeled) -> Tensor:
        return self.weight * confident_cross_entropy(
            target.logits, self.advice, threshold=self.threshold
        )
