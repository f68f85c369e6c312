"""Source-only with the target's batch normalization statistics."""

from collections.abc import Iterable
from typing import Any

from torch import Tensor

from da.batch import Batch
from da.layers import batch_norms, set_population_statistics
from da.methods.base import DomainAdaptation, NotApplicable


class AdaBN(DomainAdaptation):
    """Train on the source; evaluate with batch normalization statistics of the target.

    Li et al., *Revisiting Batch Normalization for Practical Domain Adaptation*, 2016.
    https://arxiv.org/abs/1603.04779

    The second baseline: most adaptation code changes these statistics merely by passing target
    batches through the network, and what that alone gains is no merit of its loss.

    Args:
        **kwargs: See :class:`DomainAdaptation`.

    Raises:
        NotApplicable: If the network has no batch normalization.
    """

    family = "batch normalization"
    assumes = "equal class proportions; a shift of means and variances"
    hurts = "if proportions differ: the statistics then follow the classes"
    uses_target = False

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if not batch_norms(self):
            raise NotApplicable(
                "AdaBN needs batch normalization, and the backbone "
                f"{type(self.backbone).__name__} has none; switch its batch_norm on"
            )

    def training_step(self, batch: Batch, batch_idx: int) -> dict[str, Any]:
        return self.task_step(batch)

    def adapt_statistics(self, target: Iterable[Tensor]) -> None:
        training = self.training
        self.eval()
        set_population_statistics(self, target)
        self.train(training)

    def on_validation_batch_start(
        self, batch: Any, batch_idx: int, dataloader_idx: int = 0
    ) -> None:
        # The source comes first, with its own statistics, which training goes on with afterwards.
        if dataloader_idx == 1 and batch_idx == 0:
            self.source_statistics = {k: v.clone() for k, v in self.named_buffers()}
            self.on_test_start()

    def on_validation_end(self) -> None:
        for name, value in self.named_buffers():
            value.copy_(self.source_statistics[name])

    def on_test_start(self) -> None:
        self.adapt_statistics(self.trainer.datamodule.adaptation_dataloader())  # type: ignore[attr-defined]

    def on_predict_start(self) -> None:
        self.on_test_start()
