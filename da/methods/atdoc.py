"""Auxiliary target domain-oriented classifier."""

from typing import Any, Literal

import torch
import torch.nn.functional as F
from torch import Tensor

from da.batch import Labeled, Unlabeled
from da.losses.precision import full_precision
from da.methods.base import JointTraining

Memory = Literal["neighbors", "centroids"]


class ATDOC(JointTraining):
    """Label target samples by a memory of target features, which knows no source.

    Liang, Hu & Feng, *Domain Adaptation with Auxiliary Target Domain-Oriented Classifier*, CVPR
    2021, Sec. 3. https://arxiv.org/abs/2007.04171

    "neighbors" (the paper's NA) takes the mean prediction of the nearest samples in memory, whose
    predictions are sharpened and balanced by class; a label counts by its confidence. "centroids"
    (NC) takes the class whose moving centroid is nearest. Similarity is the cosine.

    The paper's memory has a place for each target sample. Ours is a queue of the latest ones, for a
    batch does not say which samples it holds; it starts empty. A sample never is its own neighbor.

    Args:
        memory: What is remembered.
        size: Samples in the queue of neighbors; at least the batch size. With at most the target's
            size less a batch, the queue holds no older copy of a sample.
        neighbors: Samples that vote; at least 1.
        momentum: Share of the way that centroids move at each step, in (0, 1].
        **kwargs: See :class:`JointTraining`.
    """

    family = "target structure"
    settings = ("closed-set", "partial")
    assumes = "that neighbors in feature space share a class"
    hurts = "if neighborhoods of the target mix classes, or classes are rare"
    matches_marginals = False
    features: Tensor
    predictions: Tensor
    position: Tensor
    centroids: Tensor

    def __init__(
        self,
        *,
        memory: Memory = "neighbors",
        size: int = 512,
        neighbors: int = 5,
        momentum: float = 0.1,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        if size < 1 or neighbors < 1 or not 0 < momentum <= 1:
            raise ValueError(
                f"a memory has at least 1 sample, a vote at least 1 neighbor and a momentum lies "
                f"in (0, 1]; got size={size}, neighbors={neighbors}, momentum={momentum}"
            )
        self.memory, self.neighbors, self.momentum = memory, neighbors, momentum
        d, k = self.classifier.in_features, self.classifier.out_features
        if memory == "neighbors":
            self.register_buffer("features", torch.zeros(size, d))
            self.register_buffer("predictions", torch.zeros(size, k))
            self.register_buffer("position", torch.zeros((), dtype=torch.long))
        else:
            self.register_buffer("centroids", torch.zeros(k, d))

    def adaptation_loss(self, source: Labeled, target: Unlabeled) -> Tensor:
        recall = self.recall_neighbors if self.memory == "neighbors" else self.recall_centroids
        with torch.no_grad():
            features = F.normalize(target.features.to(self.dtype), dim=1)
            confidence, labels = recall(features, target.logits.to(features).softmax(1))
        return self.weight * _labelled(target.logits, labels, confidence)

    def recall_neighbors(self, features: Tensor, probabilities: Tensor) -> tuple[Tensor, Tensor]:
        """Remember a batch; return each sample's label and its confidence by its neighbors."""
        m, size = len(features), len(self.features)
        if m > size:
            raise ValueError(
                f"the memory of ATDOC holds at least a batch; got size={size} for a batch of {m}"
            )
        places = (self.position + torch.arange(m, device=features.device)) % size
        sharp = probabilities.square()
        self.features[places] = features
        self.predictions[places] = sharp / sharp.sum(0).clamp_min(1e-12)
        self.position.copy_((self.position + m) % size)
        empty = self.predictions.sum(1) == 0
        similarity = (features @ self.features.T).masked_fill(empty, -torch.inf)
        similarity[torch.arange(m, device=features.device), places] = -torch.inf
        nearest = similarity.topk(min(self.neighbors, size)).indices
        # an empty place among the nearest adds nothing, and itself only if there is nobody else
        votes = self.predictions[nearest].mean(1)
        return votes.max(1)

    def recall_centroids(self, features: Tensor, probabilities: Tensor) -> tuple[Tensor, Tensor]:
        """Move the centroids; return each sample's nearest one, with confidence 1."""
        members = F.one_hot(probabilities.argmax(1), len(self.centroids)).to(features)
        counts = members.sum(0)[:, None]
        means = members.T @ features / counts.clamp_min(1)
        moved = self.centroids.lerp(means, self.momentum)
        self.centroids.copy_(torch.where(counts > 0, moved, self.centroids))
        unseen = self.centroids.abs().sum(1) == 0
        similarity = features @ F.normalize(self.centroids, dim=1).T
        labels = similarity.masked_fill(unseen, -torch.inf).argmax(1)
        return torch.ones_like(labels, dtype=features.dtype), labels


@full_precision
def _labelled(logits: Tensor, labels: Tensor, confidence: Tensor) -> Tensor:
    losses = F.cross_entropy(logits, labels, reduction="none")
    return (confidence * losses).sum() / confidence.sum().clamp_min(1e-12)
