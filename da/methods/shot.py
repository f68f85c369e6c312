"""Source hypothesis transfer."""

from copy import deepcopy
from typing import Any

import torch
import torch.nn.functional as F
from jaxtyping import Bool, Float
from torch import Tensor

from da.batch import Batch
from da.losses import mutual_information
from da.methods.alternating import Alternating


class SHOT(Alternating):
    """Train a network on the source; then fit its features of the target to its classifier.

    Liang, Hu & Feng, *Do We Really Need to Access the Source Data? Source Hypothesis Transfer for
    Unsupervised Domain Adaptation*, ICML 2020, Eq. 1 and 5-8. https://arxiv.org/abs/2002.08546

    For the first share of the steps this is source-only with smooth labels. Then no source batch is
    looked at any more: the classifier stays as it was, and the backbone learns to make its
    predictions for the target certain, diverse, and those of the nearest class centroid. As in the
    authors' code the second stage has an optimizer of its own. There its learning rates decay anew
    too, which the schedule ``Restarted`` does.

    Centroids are those of all target samples that are adapted to, as at evaluation, and are
    computed anew every so many steps; the authors do so once an epoch, which here is the number of
    target batches. A batch does not say which samples it holds, so that no list of labels serves
    it. Instead the backbone of that moment is kept, as ``teacher``, and labels each batch by the
    centroids that it found: without random augmentation these are the authors' labels, sample by
    sample; with it, they label the view that is trained on.

    Args:
        pretraining: Share of the steps that the network is trained on the source for, in (0, 1).
        label_smoothing: Share of each source label that is spread over all classes, in [0, 1).
        label_weight: Weight of the cross-entropy with the centroids' labels; non-negative. The
            paper has 0.1 for digits and 0.3 for photographs. With 0 it is the paper's SHOT-IM.
        refresh: Training steps between two computations of the centroids; at least 1.
        encoder_lr: Learning rate of the second stage as a multiple of the network's.
        **kwargs: See :class:`Alternating`.
    """

    family = "target structure"
    assumes = "equally frequent target classes; one cluster for each class"
    hurts = "if target classes are not equally frequent, or clusters mix them"
    batch_norm = "separate"  # each stage sees one domain
    centroids: Tensor
    found: Tensor

    def __init__(
        self,
        *,
        pretraining: float = 0.5,
        label_smoothing: float = 0.1,
        label_weight: float = 0.3,
        refresh: int = 50,
        encoder_lr: float = 1.0,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        if not 0 < pretraining < 1:
            raise ValueError(
                "the network is trained on the source for a share of the steps between 0 and 1; "
                f"got pretraining={pretraining}"
            )
        if not (0 <= label_smoothing < 1 and label_weight >= 0):
            raise ValueError(
                "a share of each label lies in [0, 1) and a weight is at least 0; got "
                f"label_smoothing={label_smoothing} and label_weight={label_weight}"
            )
        if not (refresh >= 1 and encoder_lr > 0):
            raise ValueError(
                "centroids are computed every so many steps, with a positive learning rate; got "
                f"refresh={refresh} and encoder_lr={encoder_lr}"
            )
        self.pretraining, self.label_smoothing = pretraining, label_smoothing
        self.label_weight, self.refresh, self.encoder_lr = label_weight, refresh, encoder_lr
        self.teacher = deepcopy(self.backbone).requires_grad_(False)
        d, k = self.backbone.out_features, self.classifier.out_features
        self.register_buffer("centroids", torch.zeros(k, d + 1))
        self.register_buffer("found", torch.zeros(k, dtype=torch.bool))

    def players(self) -> dict[str, list[dict[str, Any]]]:
        backbone = list(self.backbone.parameters())
        network = [*backbone, *self.classifier.parameters()]
        return {
            "network": [{"params": network, "lr_scale": 1.0}],
            "encoder": [{"params": backbone, "lr_scale": self.encoder_lr}],
        }

    def alternate(self, batch: Batch) -> dict[str, Any]:
        step = self.global_step - round(self.pretraining * self.trainer.max_steps)
        if step < 0:
            outputs = self.task_step(batch, self.label_smoothing)
            self.minimize(network=outputs["loss"])
            return outputs
        if step % self.refresh == 0 and self.label_weight > 0:
            self.find_centroids()
        self.classifier.eval()  # it is finished, whatever it may hold
        logits = self(batch["target"])
        information = mutual_information(logits)
        label_loss = self.label_loss(batch["target"], logits)
        loss = self.label_weight * label_loss - information
        self.minimize(encoder=loss)
        return {
            "loss": loss,
            "adaptation_loss": loss,
            "mutual_information": information,
            "label_loss": label_loss,
        }

    def label_loss(self, inputs: Tensor, logits: Tensor) -> Tensor:
        """Return the cross-entropy of these logits with the labels of the centroids."""
        if self.label_weight == 0:
            return logits.new_zeros(())
        with torch.no_grad():
            labels = nearest_centroid(self._points(inputs), self.centroids, self.found)
        return F.cross_entropy(logits, labels)

    @torch.no_grad()
    def find_centroids(self) -> None:
        """Keep the present backbone, and the centroids that it sees in all of the target."""
        self.teacher.load_state_dict(self.backbone.state_dict())
        self.classifier.eval()
        batches = self.trainer.datamodule.adaptation_dataloader()  # type: ignore[attr-defined]
        points, probabilities = [], []
        for batch in batches:
            inputs = self.trainer.precision_plugin.convert_input(batch)
            points.append(self._points(inputs))
            logits = self.classifier(self.teacher(inputs)).to(self.centroids)
            probabilities.append(logits.softmax(1))
        centroids, found = class_centroids(torch.cat(points), torch.cat(probabilities))
        self.centroids.copy_(centroids)
        self.found.copy_(found)

    def _points(self, inputs: Tensor) -> Tensor:
        """Return the teacher's features with a 1 appended, of length 1, as the authors do."""
        self.teacher.eval()
        return F.normalize(F.pad(self.teacher(inputs).to(self.centroids), (0, 1), value=1.0))


def nearest_centroid(
    points: Float[Tensor, "n d"], centroids: Float[Tensor, "k d"], found: Bool[Tensor, " k"]
) -> Tensor:
    """Return the class whose centroid has the smallest angle to each point, ``(n,)``.

    Args:
        points: Unit vectors.
        centroids: Unit vectors.
        found: The classes that have a centroid; at least one has.
    """
    return (points @ centroids.T).masked_fill(~found, -torch.inf).argmax(1)


def class_centroids(
    points: Float[Tensor, "n d"], probabilities: Float[Tensor, "n k"]
) -> tuple[Float[Tensor, "k d"], Bool[Tensor, " k"]]:
    """Return unit centroids of the classes as predicted, refined once, and which there are.

    Liang, Hu & Feng, *Do We Really Need to Access the Source Data?*, ICML 2020, Eq. 6-8: the means
    weighted by the predictions give labels, and the means of these labels are the centroids. A
    class that is nobody's most probable has none, as in the authors' code for photographs.

    Args:
        points: Unit vectors.
        probabilities: Predicted probabilities of each point.
    """
    classes = probabilities.shape[1]
    predicted = F.one_hot(probabilities.argmax(1), classes).any(0)
    weighted = F.normalize(probabilities.T @ points)
    labels = nearest_centroid(points, weighted, predicted)
    members = F.one_hot(labels, classes)
    return F.normalize(members.to(points).T @ points), members.any(0)
