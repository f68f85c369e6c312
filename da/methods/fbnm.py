"""Fast batch nuclear-norm maximization."""

from torch import Tensor

from da.batch import Labeled, Unlabeled
from da.losses import fast_nuclear_norm
from da.methods.base import JointTraining


class FBNM(JointTraining):
    """As :class:`BNM`, with norms of columns in place of singular values.

    Cui et al., *Fast Batch Nuclear-norm Maximization and Minimization for Robust Domain
    Adaptation*, 2021. https://arxiv.org/abs/2107.06154

    Args:
        **kwargs: See :class:`JointTraining`.
    """

    family = "target structure"
    assumes = "equally frequent target classes"
    hurts = "if target classes are not equally frequent, or exceed the batch"

    def adaptation_loss(self, source: Labeled, target: Unlabeled) -> Tensor:
        return -self.weight * fast_nuclear_norm(target.logits)
