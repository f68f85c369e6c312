"""Sliced Wasserstein discrepancy between two classifiers."""

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from da.batch import Labeled, Unlabeled
from da.layers import reverse_gradient
from da.losses import class_probabilities, random_directions, sliced_wasserstein
from da.methods.base import JointTraining


class SWD(JointTraining):
    """Learn features on which two classifiers agree that disagree as much as they can.

    Lee et al., *Sliced Wasserstein Discrepancy for Unsupervised Domain Adaptation*, CVPR 2019.
    https://arxiv.org/abs/1903.04064

    Both classifiers learn the source and move their predictions on the target apart; the features
    bring them together. The paper alternates three steps; here a reversed gradient makes one of
    them, as in the one-step training of Saito et al., CVPR 2018 (https://arxiv.org/abs/1712.02560).
    The weight scales what the features receive from the second classifier and from the
    disagreement; the classifiers learn at their full rate. The first classifier predicts.

    Args:
        directions: Random directions that predictions are projected on, new in every step.
        **kwargs: See :class:`JointTraining`.
    """

    family = "adversarial"
    assumes = "target classes near the source's, apart from each other"
    hurts = "if the classifiers agree on the wrong class: nothing then moves"
    matches_marginals = False

    def __init__(self, *, directions: int = 128, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if directions < 1:
            raise ValueError(f"a projection needs a direction; got directions={directions}")
        self.directions = directions
        width, classes = self.classifier.in_features, self.classifier.out_features
        self.second_classifier = self.head(width, classes)

    def adaptation_loss(self, source: Labeled, target: Unlabeled) -> Tensor:
        # A negative scale does not reverse.
        source_features = reverse_gradient(source.features, -self.weight)
        task_loss = F.cross_entropy(self.second_classifier(source_features), source.labels)
        target_features = reverse_gradient(target.features, self.weight)
        first, second = (
            class_probabilities(classifier(target_features))
            for classifier in (self.classifier, self.second_classifier)
        )
        # A generator of its own leaves the numbers alone that dropout draws.
        generator = torch.Generator().manual_seed(self.global_step)
        directions = random_directions(first.shape[1], self.directions, generator).to(first)
        disagreement = sliced_wasserstein(first, second, directions)
        self.monitored["disagreement"] = disagreement.detach()
        return task_loss - disagreement
