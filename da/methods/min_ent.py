"""Entropy minimization."""

from torch import Tensor

from da.batch import Labeled, Unlabeled
from da.losses import entropy
from da.methods.base import JointTraining


class MinEnt(JointTraining):
    """Make the predictions for the target certain.

    Grandvalet & Bengio, *Semi-supervised Learning by Entropy Minimization*, NeurIPS 2004, Eq. 7;
    for adaptation: Long et al., *Unsupervised Domain Adaptation with Residual Transfer Networks*,
    NeurIPS 2016, Eq. 6. https://arxiv.org/abs/1602.04433

    Nothing keeps all samples from falling into one class, so its weight is small.

    Args:
        **kwargs: See :class:`JointTraining`.
    """

    family = "target structure"
    assumes = "nothing of the classes; that confident means right"
    hurts = "at large weights: all samples fall into few classes"
    matches_marginals = False

    def adaptation_loss(self, source: Labeled, target: Unlabeled) -> Tensor:
        return self.weight * entropy(target.logits).mean()
