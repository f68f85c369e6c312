"""Source-only: the floor that adaptation has to beat."""

from typing import Any

from da.batch import Batch
from da.methods.base import DomainAdaptation


class SourceOnly(DomainAdaptation):
    """Train on the labelled source; never look at the target.

    Ganin et al., *Domain-Adversarial Training of Neural Networks*, JMLR 2016, Table 2: "source
    only". https://arxiv.org/abs/1505.07818

    Target batches do not even pass the network, where they would shape batch normalization.

    Args:
        label_smoothing: Share of each label that is spread over all classes, in [0, 1). Baselines
            of some papers have 0.1 (Szegedy et al., *Rethinking the Inception Architecture for
            Computer Vision*, CVPR 2016, Sec. 7; https://arxiv.org/abs/1512.00567).
        **kwargs: See :class:`DomainAdaptation`.
    """

    family = "baselines"
    settings = ("closed-set", "partial")
    assumes = "that what holds on the source holds on the target"
    hurts = "never by adapting: harm is measured against it"
    matches_marginals = False
    uses_target = False

    def __init__(self, *, label_smoothing: float = 0.0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if not 0 <= label_smoothing < 1:
            raise ValueError(
                f"a share of each label lies in [0, 1); got label_smoothing={label_smoothing}"
            )
        self.label_smoothing = label_smoothing

    def training_step(self, batch: Batch, batch_idx: int) -> dict[str, Any]:
        return self.task_step(batch, self.label_smoothing)
