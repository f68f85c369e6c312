"""Joint adaptation network."""

from typing import Any, Literal

from torch import Tensor

from da.batch import Labeled, Unlabeled
from da.losses import class_probabilities, jmmd
from da.losses.mmd import Estimator
from da.methods.base import JointTraining


class JAN(JointTraining):
    """Align the joint distributions of features and predicted classes.

    Long et al., *Deep Transfer Learning with Joint Adaptation Networks*, ICML 2017.
    https://arxiv.org/abs/1605.06636

    Without the adversarial variant, JAN-A. The kernels on the features are averaged, by default
    with the median squared distance of the batch as bandwidth.

    Args:
        estimator: Estimator of the discrepancy; see :func:`da.losses.jmmd`.
        bandwidth: "median" or "mean" distance of the features of the batch, or a number.
        **kwargs: See :class:`JointTraining`.
    """

    family = "statistics matching"
    assumes = "equal class proportions"
    hurts = "if proportions differ, or predictions for the target are wrong"

    def __init__(
        self,
        *,
        estimator: Estimator = "biased",
        bandwidth: float | Literal["median", "mean"] = "median",
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.estimator, self.bandwidth = estimator, bandwidth

    def adaptation_loss(self, source: Labeled, target: Unlabeled) -> Tensor:
        return self.weight * jmmd(
            source.features,
            target.features,
            class_probabilities(source.logits),
            class_probabilities(target.logits),
            estimator=self.estimator,
            bandwidth=self.bandwidth,
        )
