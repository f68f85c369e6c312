"""Deep CORAL along geodesics."""

from typing import Any

from torch import Tensor

from da.batch import Labeled, Unlabeled
from da.losses import log_coral
from da.methods.base import JointTraining


class LogCORAL(JointTraining):
    """Align the logarithms of the covariances of source and target features.

    Wang et al., *Deep Domain Adaptation by Geodesic Distance Minimization*, ICCV Workshops 2017.
    https://arxiv.org/abs/1707.09842

    Without the paper's second term, which aligns the means.

    Args:
        jitter: Added to the diagonal of each covariance, as a share of its mean diagonal. It
            decides about directions in which a batch does not vary.
        **kwargs: See :class:`JointTraining`.
    """

    family = "statistics matching"
    assumes = "equal class proportions"
    hurts = "if proportions differ, or covariances of a batch are near singular"

    def __init__(self, *, jitter: float = 1e-3, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if not jitter > 0:
            raise ValueError(f"a singular covariance needs a positive jitter; got jitter={jitter}")
        self.jitter = jitter

    def adaptation_loss(self, source: Labeled, target: Unlabeled) -> Tensor:
        return self.weight * log_coral(source.features, target.features, jitter=self.jitter)
