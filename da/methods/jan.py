"""Joint adaptation network."""

from typing import Any

from torch import Tensor

from da.batch import Labeled, Unlabeled
from da.losses import class_probabilities, jmmd
from da.losses.mmd import Estimator
from da.methods.base import JointTraining


class JAN(JointTraining):
    """Align the joint distributions of features and predicted classes.

    Long et al., *Deep Transfer Learning with Joint Adaptation Networks*, ICML 2017.
    https://arxiv.org/abs/1605.06636

    Without the adversarial variant, JAN-A. The kernels on the features are averaged, with the
    median squared distance of the batch as bandwidth.

    Args:
        estimator: Estimator of the discrepancy; see :func:`da.losses.jmmd`.
        **kwargs: See :class:`JointTraining`.
    """

    family = "statistics matching"
    assumes = "equal class proportions"
    hurts = "if proportions differ, or predictions for the target are wrong"

    def __init__(self, *, estimator: Estimator = "biased", **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.estimator = estimator

    def adaptation_loss(self, source: Labeled, target: Unlabeled) -> Tensor:
        return self.weight * jmmd(
            source.features,
            target.features,
            class_probabilities(source.logits),
            class_probabilities(target.logits),
            estimator=self.estimator,
        )
