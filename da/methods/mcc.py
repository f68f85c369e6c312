"""Minimum class confusion."""

from typing import Any

from torch import Tensor

from da.batch import Labeled, Unlabeled
from da.losses import class_confusion
from da.methods.base import JointTraining


class MCC(JointTraining):
    """Make the predictions for the target confuse no class with another.

    Jin et al., *Minimum Class Confusion for Versatile Domain Adaptation*, ECCV 2020, Eq. 7.
    https://arxiv.org/abs/1912.03699

    Args:
        temperature: Divides the logits; positive.
        **kwargs: See :class:`JointTraining`.
    """

    family = "target structure"
    settings = ("closed-set", "partial")
    assumes = "weakly: equally frequent target classes"
    hurts = "if classes that look alike are told apart at any price"

    def __init__(self, *, temperature: float = 2.5, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if not temperature > 0:
            raise ValueError(f"a temperature is positive; got temperature={temperature}")
        self.temperature = temperature

    def adaptation_loss(self, source: Labeled, target: Unlabeled) -> Tensor:
        return self.weight * class_confusion(target.logits, temperature=self.temperature)
