"""The state of the random generators in a checkpoint, so that a resumed run is the same run."""

from typing import Any

import torch
from pytorch_lightning import Callback, LightningModule, Trainer


class RandomState(Callback):
    """Save torch's generators with a checkpoint; restore them before the first resumed batch.

    Batches need no state but the step; dropout draws from these generators.
    """

    def __init__(self) -> None:
        self.pending: dict[str, Any] = {}

    def state_dict(self) -> dict[str, Any]:
        cuda = torch.cuda.get_rng_state_all() if torch.cuda.is_available() else []
        return {"cpu": torch.get_rng_state(), "cuda": cuda}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        self.pending = state_dict

    def on_train_batch_start(
        self, trainer: Trainer, pl_module: LightningModule, batch: Any, batch_idx: int
    ) -> None:
        # Not earlier: setting up loaders and the sanity check draw numbers too.
        if self.pending:
            torch.set_rng_state(self.pending["cpu"].cpu())
            if self.pending["cuda"]:
                torch.cuda.set_rng_state_all([s.cpu() for s in self.pending["cuda"]])
            self.pending = {}
