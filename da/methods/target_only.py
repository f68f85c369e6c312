"""Target-only: the ceiling, trained on the target's own labels."""

from typing import Any

from da.batch import Batch
from da.methods.base import DomainAdaptation


class TargetOnly(DomainAdaptation):
    """Train on the target's labelled training pool: what adaptation could reach at best.

    Ganin et al., *Domain-Adversarial Training of Neural Networks*, JMLR 2016, Table 2: "train on
    target". https://arxiv.org/abs/1505.07818

    With a few labels of each class it is no ceiling but the reference of Wang et al.,
    *Characterizing and Avoiding Negative Transfer*, CVPR 2019 (https://arxiv.org/abs/1811.09751):
    the same training without the source. Adapting is worth its while where it beats what so many
    labels would give.

    The only method that sees target labels; the data has to be asked for them with
    ``labeled_domain="target"``, and for as many with ``labels_per_class``.

    Args:
        labels_per_class: Labels of each class that it is trained on; all by default. Each seed
            draws its own, and those of a smaller number are among those of a larger one.
        **kwargs: See :class:`DomainAdaptation`.

    Raises:
        ValueError: If there is less than one label of each class.
    """

    family = "baselines"
    settings = ("closed-set", "partial")
    assumes = "labels of the target, which adaptation lacks"
    hurts = "where labelled target samples are few"
    matches_marginals = False
    labeled_domain = "target"

    def __init__(self, *args: Any, labels_per_class: int | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if labels_per_class is not None and labels_per_class < 1:
            raise ValueError(
                f"a class has at least 1 label, or all it has with null; got {labels_per_class=}"
            )
        self.labels_per_class = labels_per_class

    def on_fit_start(self) -> None:
        super().on_fit_start()
        data = getattr(self.trainer, "datamodule", None)
        offered = getattr(data, "labels_per_class", self.labels_per_class)
        if offered != self.labels_per_class:
            raise ValueError(
                f"the method trains on {self.labels_per_class or 'all'} labels of each class, but "
                f"the data offers {offered or 'all'}; set "
                f"data.labels_per_class={self.labels_per_class or 'null'}"
            )

    def training_step(self, batch: Batch, batch_idx: int) -> dict[str, Any]:
        return self.task_step(batch)
