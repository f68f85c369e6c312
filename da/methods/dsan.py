"""Deep subdomain adaptation network."""

from torch import Tensor

from da.batch import Labeled, Unlabeled
from da.losses import class_probabilities, lmmd
from da.methods.base import JointTraining


class DSAN(JointTraining):
    """Align source and target features class by class, the target's by its predictions.

    Zhu et al., *Deep Subdomain Adaptation Network for Image Classification*, TNNLS 2020.
    https://arxiv.org/abs/2106.09388

    Kernels are averaged, where the authors' code sums five.

    Args:
        **kwargs: See :class:`JointTraining`.
    """

    family = "statistics matching"
    assumes = "in part equal class proportions: each class is aligned alone"
    hurts = "if wrong predictions pick the class, the source is hard, or a batch lacks classes"

    def adaptation_loss(self, source: Labeled, target: Unlabeled) -> Tensor:
        return self.weight * lmmd(
            source.features, target.features, source.labels, class_probabilities(target.logits)
        )
