"""CORAL with means."""

from torch import Tensor

from da.batch import Labeled, Unlabeled
from da.losses import coral_mean
from da.methods.base import JointTraining


class MeanCORAL(JointTraining):
    """Align means and covariances of source and target features.

    Gulrajani & Lopez-Paz, *In Search of Lost Domain Generalization*, ICLR 2021, and other
    benchmarks call this CORAL. https://arxiv.org/abs/2007.01434

    Unlike :class:`DeepCORAL` it sees where a domain lies, and a weight of 1 is one of 4 there.

    Args:
        **kwargs: See :class:`JointTraining`.
    """

    family = "statistics matching"
    assumes = "equal class proportions"
    hurts = "if proportions differ: the means then differ by right"

    def adaptation_loss(self, source: Labeled, target: Unlabeled) -> Tensor:
        return self.weight * coral_mean(source.features, target.features)
