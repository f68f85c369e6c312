"""Contrastive adaptation network."""

from typing import Any

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int
from torch import Tensor

from da.batch import Labeled, Unlabeled
from da.losses import contrastive_discrepancy
from da.methods.base import JointTraining


class CAN(JointTraining):
    """Draw the domains together within each class, and different classes apart.

    Kang et al., *Contrastive Adaptation Network for Unsupervised Domain Adaptation*, CVPR 2019,
    Eq. 6 and Sec. 3.3-3.4. https://arxiv.org/abs/1901.00976

    Labels of the target come from spherical k-means over all of it, started at the centres of the
    source's classes. Two departures from the paper: batches are drawn without regard to classes,
    and a sample of a batch is labelled by the centre that is nearest to it in that step.

    Args:
        refresh: Training steps between two clusterings; at least 1.
        farthest: Cosine distance, in [0, 1], to its centre from which a target sample counts as
            ambiguous and is left out (the paper's D0).
        least: Target samples that a class must have to take part (the paper's N0).
        **kwargs: See :class:`JointTraining`.
    """

    family = "statistics matching"
    assumes = "in part equal class proportions; one cluster for each class"
    hurts = "if clusters of the target mix classes: the wrong ones are then joined"

    def __init__(
        self, *, refresh: int = 50, farthest: float = 0.05, least: int = 3, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        if refresh < 1 or not farthest > 0:
            raise ValueError(
                f"clustering is done every so many steps, with a positive radius; "
                f"got refresh={refresh}, farthest={farthest}"
            )
        self.refresh, self.farthest, self.least = refresh, farthest, least
        d, k = self.backbone.out_features, self.classifier.out_features
        self.register_buffer("centres", torch.zeros(k, d))
        self.register_buffer("found", torch.zeros(k, dtype=torch.bool))

    def adaptation_loss(self, source: Labeled, target: Unlabeled) -> Tensor:
        if self.global_step % self.refresh == 0:
            self.cluster()
        centres: Any = self.centres
        found: Any = self.found
        similarity = F.normalize(target.features.detach().to(centres)) @ centres.T
        nearest, labels = similarity.max(1)
        kept = ((1 - nearest) / 2 < self.farthest) & found[labels]
        self.monitored["labelled"] = kept.float().mean()
        return self.weight * contrastive_discrepancy(
            source.features,
            target.features[kept],
            source.labels,
            labels[kept],
            num_classes=len(centres),
        )

    @torch.no_grad()
    def cluster(self) -> None:
        """Cluster all target samples that are adapted to, and keep the centres."""
        data: Any = self.trainer.datamodule  # type: ignore[attr-defined]
        training = self.training
        self.eval()
        labelled = [(self._unit(x), y) for x, y in data.evaluation(data.training_data.source_train)]
        source, labels = map(torch.cat, zip(*labelled, strict=True))
        target = torch.cat([self._unit(x) for x in data.adaptation_dataloader()])
        self.train(training)
        of_class = F.one_hot(labels, len(self.found)).to(source)  # type: ignore[arg-type]
        centres, assigned = spherical_kmeans(target, F.normalize(of_class.T @ source))
        near = (1 - (target * centres[assigned]).sum(1)) / 2 < self.farthest
        counts = F.one_hot(assigned[near], len(centres)).sum(0)
        self.centres.copy_(centres)  # type: ignore[operator]
        self.found.copy_(counts >= self.least)  # type: ignore[operator]

    def _unit(self, inputs: Tensor) -> Tensor:
        inputs = self.trainer.precision_plugin.convert_input(inputs)
        return F.normalize(self.backbone(inputs).to(self.centres))


def spherical_kmeans(
    points: Float[Tensor, "n d"], centres: Float[Tensor, "k d"], iterations: int = 100
) -> tuple[Float[Tensor, "k d"], Int[Tensor, " n"]]:
    """Cluster unit vectors by their angles, from given centres on.

    Dhillon & Modha, *Concept Decompositions for Large Sparse Text Data Using Clustering*, Machine
    Learning 2001.

    Args:
        points: Unit vectors.
        centres: Unit vectors to start from; a centre that loses all points stays where it is.
        iterations: Most iterations.

    Returns:
        The centres, and the index of the centre of each point.
    """
    assigned = (points @ centres.T).argmax(1)
    for _ in range(iterations):
        sums = F.one_hot(assigned, len(centres)).to(points).T @ points
        centres = torch.where(sums.any(1, keepdim=True), F.normalize(sums), centres)
        before, assigned = assigned, (points @ centres.T).argmax(1)
        if torch.equal(before, assigned):
            break
    return centres, assigned
