"""Discriminator-free adversarial learning."""

import torch
from torch import Tensor

from da.batch import Labeled, Unlabeled
from da.layers import reverse_gradient
from da.losses import nuclear_norm
from da.methods.base import JointTraining


class DALN(JointTraining):
    """Adversarial training against the classifier itself, by nuclear norms of its predictions.

    Chen et al., *Reusing the Task-specific Classifier as a Discriminator: Discriminator-free
    Adversarial Domain Adaptation*, CVPR 2022, Eq. 8-10. https://arxiv.org/abs/2204.03838

    The classifier is certain and diverse on the source and the opposite on the target; the features
    are learned against it. The weight scales the reversed gradient, so that the classifier always
    learns at its full rate. Nuclear norms grow with the batch: both are divided by its size, as in
    the paper, and compare best for batches of one size.

    Args:
        **kwargs: See :class:`JointTraining`.
    """

    family = "adversarial"
    assumes = "equal class proportions, with all classes in a batch"
    hurts = "if proportions differ, or classes by far outnumber the batch"

    def adaptation_loss(self, source: Labeled, target: Unlabeled) -> Tensor:
        features = torch.cat([source.features, target.features])
        logits = self.classifier(reverse_gradient(features, self.weight))
        of_source, of_target = logits.split([len(source.features), len(target.features)])
        return nuclear_norm(of_target) - nuclear_norm(of_source)
