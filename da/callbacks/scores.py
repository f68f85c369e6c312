"""Validators, computed while a method trains."""

from collections.abc import Callable, Sequence
from typing import Any

import torch
from pytorch_lightning import Callback, LightningModule, Trainer

from da.batch import Labeled, Unlabeled
from da.validators import Score, information_maximization, source_accuracy

Validator = Callable[[Labeled, Unlabeled], Score]


class Scores(Callback):
    """Log ``score/<validator>`` at each validation, and the oracle's accuracy apart from it.

    Args:
        validators: Functions of held-out source and unlabelled target samples, or partials of them.
        oracle: Whether to log ``oracle/accuracy`` on the labelled target test set as well. It is
            shown, and must select nothing.
    """

    def __init__(
        self,
        validators: Sequence[Validator] = (source_accuracy, information_maximization),
        oracle: bool = True,
    ) -> None:
        self.validators, self.oracle = validators, oracle
        self.source: list[Labeled] = []
        self.target: list[Unlabeled] = []

    def on_validation_epoch_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        self.source, self.target = [], []

    def on_validation_batch_end(
        self,
        trainer: Trainer,
        pl_module: LightningModule,
        outputs: Any,
        batch: Any,
        batch_idx: int,
        dataloader_idx: int = 0,
    ) -> None:
        (self.source if isinstance(outputs, Labeled) else self.target).append(outputs)

    def on_validation_epoch_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        if trainer.sanity_checking:
            return
        source = Labeled(*map(torch.cat, zip(*self.source, strict=True)))
        target = Unlabeled(*map(torch.cat, zip(*self.target, strict=True)))
        for validator in self.validators:
            name = getattr(validator, "func", validator).__name__  # that of a partial's function
            pl_module.log(f"score/{name}", validator(source, target).value)
        if self.oracle and trainer.state.fn == "fit":
            pl_module.log("oracle/accuracy", self._oracle(trainer, pl_module))

    @staticmethod
    def _oracle(trainer: Trainer, pl_module: LightningModule) -> float:
        batches = trainer.datamodule.test_dataloader()  # type: ignore[attr-defined]
        precision = trainer.precision_plugin  # the trainer applies it to its own steps alone
        with torch.no_grad(), precision.val_step_context():
            right = [
                (pl_module(precision.convert_input(x)).argmax(1) == y).float() for x, y in batches
            ]
        return float(torch.cat(right).mean())
