"""Higher-order moment matching."""

from typing import Any

from torch import Tensor

from da.batch import Labeled, Unlabeled
from da.losses import moment_tensors
from da.methods.base import JointTraining


class HoMM(JointTraining):
    """Align a moment of higher order of source and target features.

    Chen et al., *HoMM: Higher-order Moment Matching for Unsupervised Domain Adaptation*, AAAI 2020.
    https://arxiv.org/abs/1912.11976

    The moments are those of the features' hyperbolic tangents, as the authors' adapted layer has
    them: a distance of moments grows with the power ``2 * order`` of unbounded features, so that a
    few large samples would decide. Without the paper's second term, which clusters pseudo-labelled
    target samples. The whole tensor is compared, not a random part.

    Args:
        order: Order of the moment; the paper has 3 and 4.
        **kwargs: See :class:`JointTraining`.
    """

    family = "statistics matching"
    assumes = "equal class proportions"
    hurts = "if proportions differ: the moments then differ by right"

    def __init__(self, *, order: int = 3, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if order < 1:
            raise ValueError(f"a moment has order 1 at least; got order={order}")
        self.order = order

    def adaptation_loss(self, source: Labeled, target: Unlabeled) -> Tensor:
        source_features, target_features = source.features.tanh(), target.features.tanh()
        return self.weight * moment_tensors(source_features, target_features, order=self.order)
