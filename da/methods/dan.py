"""Deep adaptation network."""

from collections.abc import Sequence
from typing import Any, Literal

import torch
from torch import Tensor

from da.batch import Labeled, Unlabeled
from da.losses import mmd, pooled_bandwidth
from da.losses.kernels import DAN_SCALES, Kernel
from da.losses.mmd import Estimator
from da.methods.base import JointTraining


class DAN(JointTraining):
    """Align source and target features in the mean embedding of several Gaussian kernels.

    Long et al., *Learning Transferable Features with Deep Adaptation Networks*, ICML 2015, Eq. 4.
    https://arxiv.org/abs/1502.02791

    The kernels have equal weights and are averaged; the paper learns their weights. The bandwidth
    is by default the median squared distance of the batch.

    Args:
        estimator: Estimator of the discrepancy; see :func:`da.losses.mmd`.
        kernel: Kernel; all but the Gaussian ("rbf") depart from the paper.
        bandwidth: "median" or "mean" distance of the batch; "ema", an average of the medians with
            decay 0.99; or a number, in the units of :func:`da.losses.mmd`.
        scales: Multiples of the bandwidth, one a kernel; positive.
        **kwargs: See :class:`JointTraining`.

    Raises:
        ValueError: If there is no kernel, or one without width.
    """

    family = "statistics matching"
    assumes = "equal class proportions"
    hurts = "if proportions differ, or the target lacks classes"

    def __init__(
        self,
        *,
        estimator: Estimator = "biased",
        kernel: Kernel = "rbf",
        bandwidth: float | Literal["median", "mean", "ema"] = "median",
        scales: Sequence[float] = DAN_SCALES,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        if not scales or min(scales) <= 0:
            raise ValueError(f"there is a kernel, and scales are positive; got {scales=}")
        self.estimator, self.kernel = estimator, kernel
        self.bandwidth, self.scales = bandwidth, scales
        if bandwidth == "ema":
            self.register_buffer("average_bandwidth", torch.tensor(0.0))

    def adaptation_loss(self, source: Labeled, target: Unlabeled) -> Tensor:
        distance = mmd(
            source.features,
            target.features,
            estimator=self.estimator,
            kernel=self.kernel,
            scales=self.scales,
            bandwidth=self._average(source, target) if self.bandwidth == "ema" else self.bandwidth,
        )
        return self.weight * distance

    def _average(self, source: Labeled, target: Unlabeled) -> Tensor:
        points = torch.cat([source.features, target.features])
        median = pooled_bandwidth(points, kernel=self.kernel)
        average: Any = self.average_bandwidth
        average.copy_(torch.where(average > 0, average.lerp(median.to(average), 0.01), median))
        return average.clone()
