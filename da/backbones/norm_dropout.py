"""Dropout that leaves the length of a vector of features as it is."""

import math

from torch import Tensor, nn


class NormDropout(nn.Dropout):
    """Dropout that keeps the mean square of a feature, where the usual one keeps its mean.

    Xu et al., *Larger Norm More Transferable: An Adaptive Feature Norm Approach for Unsupervised
    Domain Adaptation*, ICCV 2019, whose norms are then comparable in training and in evaluation.
    https://arxiv.org/abs/1811.07456

    What stays is multiplied by ``1 / sqrt(1 - p)``, not by ``1 / (1 - p)``.
    """

    def forward(self, features: Tensor) -> Tensor:
        kept = super().forward(features)
        return kept * math.sqrt(1 - self.p) if self.training else kept
