"""Deep CORAL."""

from torch import Tensor

from da.batch import Labeled, Unlabeled
from da.losses import coral
from da.methods.base import JointTraining


class DeepCORAL(JointTraining):
    """Align the covariances of source and target features.

    Sun & Saenko, *Deep CORAL: Correlation Alignment for Deep Domain Adaptation*, ECCV Workshops
    2016. https://arxiv.org/abs/1607.01719

    Args:
        **kwargs: See :class:`JointTraining`.
    """

    family = "statistics matching"
    assumes = "equal class proportions"
    hurts = "if proportions differ, or batches are small against the features"

    def adaptation_loss(self, source: Labeled, target: Unlabeled) -> Tensor:
        return self.weight * coral(source.features, target.features)
