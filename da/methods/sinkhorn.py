"""Sinkhorn divergence between features."""

from typing import Any

import torch
from torch import Tensor

from da.batch import Labeled, Unlabeled
from da.losses import pooled_bandwidth, sinkhorn_divergence
from da.methods.base import JointTraining


class Sinkhorn(JointTraining):
    """Draw source and target features together by entropic optimal transport.

    Feydy et al., *Interpolating between Optimal Transport and MMD Using Sinkhorn Divergences*,
    AISTATS 2019, Eq. 3, as a loss on features. https://arxiv.org/abs/1810.08278

    Labels have no part in it. The entropy keeps its share of the features' own scale.

    Args:
        epsilon: Weight of the entropy, as a multiple of the median squared distance in the batch;
            positive.
        **kwargs: See :class:`JointTraining`.
    """

    family = "optimal transport"
    assumes = "equal class proportions"
    hurts = "if proportions differ: it knows no labels and moves mass across classes"

    def __init__(self, *, epsilon: float = 0.1, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if not epsilon > 0:
            raise ValueError(f"epsilon is positive; got epsilon={epsilon}")
        self.epsilon = epsilon

    def adaptation_loss(self, source: Labeled, target: Unlabeled) -> Tensor:
        median = pooled_bandwidth(torch.cat([source.features, target.features]))
        return self.weight * sinkhorn_divergence(
            source.features,
            target.features,
            epsilon=self.epsilon * float(median),
            iterations=100,
            tolerance=1e-4,
        )
