"""Batch nuclear-norm maximization."""

from torch import Tensor

from da.batch import Labeled, Unlabeled
from da.losses import nuclear_norm
from da.methods.base import JointTraining


class BNM(JointTraining):
    """Make the predictions for the target certain and diverse by their nuclear norm.

    Cui et al., *Towards Discriminability and Diversity: Batch Nuclear-norm Maximization under Label
    Insufficient Situations*, CVPR 2020, Eq. 10. https://arxiv.org/abs/2003.12237

    It takes the classes of the target as equally frequent.

    Args:
        **kwargs: See :class:`JointTraining`.
    """

    family = "target structure"
    assumes = "equally frequent target classes"
    hurts = "if target classes are not equally frequent, or exceed the batch"

    def adaptation_loss(self, source: Labeled, target: Unlabeled) -> Tensor:
        return -self.weight * nuclear_norm(target.logits)
