"""Target-only: the ceiling, trained on the target's own labels."""

from typing import Any

from da.batch import Batch
from da.methods.base import DomainAdaptation


class TargetOnly(DomainAdaptation):
    """Train on the target's labelled training pool: what adaptation could reach at best.

    Ganin et al., *Domain-Adversarial Training of Neural Networks*, JMLR 2016, Table 2: "train on
    target". https://arxiv.org/abs/1505.07818

    The only method that sees target labels; the data has to be asked for them with
    ``labeled_domain="target"``.
    """

    family = "baselines"
    settings = ("closed-set", "partial")
    assumes = "labels of the target, which adaptation lacks"
    hurts = "where labelled target samples are few"
    matches_marginals = False
    labeled_domain = "target"

    def training_step(self, batch: Batch, batch_idx: int) -> dict[str, Any]:
        return self.task_step(batch)
