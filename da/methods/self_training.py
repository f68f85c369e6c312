"""What methods share that learn from one view of the target what they say of another."""

from abc import ABC, abstractmethod
from copy import deepcopy
from typing import Any

import torch
from torch import Tensor, nn

from da.batch import Batch
from da.layers import follow
from da.methods.base import JointTraining


class SelfTraining(JointTraining, ABC):
    """Joint training on a strong view of the target, with logits of the plain view as its teacher.

    The adaptation term meets the strong view as the target, and what the plain one was taken for as
    ``self.advice``, which receives no gradient.

    Args:
        threshold: Least probability of the advice to be taken, in [0, 1].
        **kwargs: See :class:`JointTraining`.
    """

    matches_marginals = False

    def __init__(self, *, threshold: float = 0.95, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if not 0 <= threshold <= 1:
            raise ValueError(f"a threshold of confidence lies in [0, 1]; got threshold={threshold}")
        self.threshold = threshold
        self.advice = torch.empty(0)

    @abstractmethod
    def advise(self, inputs: Tensor) -> Tensor:
        """Return logits of the plain view of the target."""

    def strong_view(self, batch: Batch) -> Tensor:
        """Return the view of the target that is learned from.

        Raises:
            ValueError: If the data offers none.
        """
        if "target_strong" not in batch:
            raise ValueError(
                f"{type(self).__name__} learns from a strongly augmented view of the target, and "
                f"the batch holds none; set the data's option strong"
            )
        return batch["target_strong"]

    def training_step(self, batch: Batch, batch_idx: int) -> dict[str, Any]:
        if self.max_weight == 0:
            return self.task_step(batch)
        with torch.no_grad():
            self.advice = self.advise(batch["target"])
        confident = self.advice.softmax(1).max(1).values >= self.threshold
        self.monitored["confident"] = confident.float().mean()
        view: Batch = {"source": batch["source"], "target": self.strong_view(batch)}
        return super().training_step(view, batch_idx)


class MeanTeacher(SelfTraining, ABC):
    """Self-training whose teacher is a moving average of the network.

    Tarvainen & Valpola, *Mean teachers are better role models*, NeurIPS 2017, Eq. 1.
    https://arxiv.org/abs/1703.01780

    As in the paper's code the first steps are averaged plainly, until the exponential average
    forgets more slowly: it would else remember the initialization for long.

    Args:
        decay: Share of the teacher that stays at each step, in [0, 1).
        **kwargs: See :class:`SelfTraining`.
    """

    def __init__(self, *, decay: float = 0.99, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if not 0 <= decay < 1:
            raise ValueError(f"a decay lies in [0, 1); got decay={decay}")
        self.decay = decay
        self.teacher = deepcopy(self._student).requires_grad_(False)

    @property
    def _student(self) -> nn.ModuleList:
        return nn.ModuleList([self.backbone, self.classifier])

    def advise(self, inputs: Tensor) -> Tensor:
        return self.embed_as_teacher(inputs)[1]

    def embed_as_teacher(self, inputs: Tensor) -> tuple[Tensor, Tensor]:
        """Return the teacher's features ``(n, d)`` and logits ``(n, k)``."""
        backbone, classifier = self.teacher
        features = backbone(inputs)
        return features, classifier(features)

    def optimizer_step(self, *args: Any, **kwargs: Any) -> None:
        # Not after the batch: by then, callbacks have saved what a run is resumed from.
        super().optimizer_step(*args, **kwargs)
        if self.max_weight > 0:
            follow(self.teacher, self._student, max(1 - self.decay, 1 / (1 + self.global_step)))
