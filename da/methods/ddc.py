"""Deep domain confusion."""

from torch import Tensor

from da.batch import Labeled, Unlabeled
from da.losses import mmd
from da.methods.base import JointTraining


class DDC(JointTraining):
    """Draw the means of source and target features together.

    Tzeng et al., *Deep Domain Confusion: Maximizing for Domain Invariance*, 2014, Eq. 2.
    https://arxiv.org/abs/1412.3474

    The squared distance of the means is the discrepancy with a linear kernel. It grows with the
    square of the features, and its best weight with their scale.

    Args:
        **kwargs: See :class:`JointTraining`.
    """

    family = "statistics matching"
    assumes = "equal class proportions"
    hurts = "if proportions differ: the means then differ by right"

    def adaptation_loss(self, source: Labeled, target: Unlabeled) -> Tensor:
        return self.weight * mmd(source.features, target.features, kernel="linear")
