"""Deep adaptation network."""

from typing import Any

from torch import Tensor

from da.batch import Labeled, Unlabeled
from da.losses import mmd
from da.losses.mmd import Estimator
from da.methods.base import JointTraining


class DAN(JointTraining):
    """Align source and target features in the mean embedding of several Gaussian kernels.

    Long et al., *Learning Transferable Features with Deep Adaptation Networks*, ICML 2015, Eq. 4.
    https://arxiv.org/abs/1502.02791

    The kernels have equal weights and are averaged; the paper learns their weights. The bandwidth
    is the median squared distance of the batch.

    Args:
        estimator: Estimator of the discrepancy.
        **kwargs: See :class:`JointTraining`.
    """

    def __init__(self, *, estimator: Estimator = "biased", **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.estimator = estimator

    def adaptation_loss(self, source: Labeled, target: Unlabeled) -> Tensor:
        return self.weight * mmd(source.features, target.features, estimator=self.estimator)
