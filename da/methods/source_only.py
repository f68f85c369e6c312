"""Source-only: the floor that adaptation has to beat."""

from typing import Any

from da.batch import Batch
from da.methods.base import DomainAdaptation


class SourceOnly(DomainAdaptation):
    """Train on the labelled source; never look at the target.

    Ganin et al., *Domain-Adversarial Training of Neural Networks*, JMLR 2016, Table 2: "source
    only". https://arxiv.org/abs/1505.07818

    Target batches do not even pass the network, where they would shape batch normalization.
    """

    family = "baselines"
    settings = ("closed-set", "partial")
    assumes = "that what holds on the source holds on the target"
    hurts = "never by adapting: harm is measured against it"
    matches_marginals = False
    uses_target = False

    def training_step(self, batch: Batch, batch_idx: int) -> dict[str, Any]:
        return self.task_step(batch)
