"""Source-only: the floor that adaptation has to beat."""

from typing import Any

from da.batch import Batch
from da.methods.base import DomainAdaptation


class SourceOnly(DomainAdaptation):
    """Train on the labelled source; never look at the target.

    Target batches do not even pass the network, where they would shape batch normalization.
    """

    uses_target = False

    def training_step(self, batch: Batch, batch_idx: int) -> dict[str, Any]:
        return self.task_step(batch)
