"""Progress of a training in the terminal: steps, not epochs."""

from typing import Any

from pytorch_lightning import LightningModule, Trainer
from pytorch_lightning.callbacks import ProgressBar
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn


class TrainingBar(ProgressBar):
    """Show steps done, time left, the loss and the scores of the last validation.

    It writes to standard error, and nothing if that is not a terminal.
    """

    def __init__(self) -> None:
        super().__init__()
        self.console = Console(stderr=True)
        self.bar: Progress | None = None

    def disable(self) -> None:
        self.console.quiet = True

    def enable(self) -> None:
        self.console.quiet = False

    def on_train_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        self.bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
            TextColumn("{task.fields[numbers]}"),
            console=self.console,
            refresh_per_second=4,
            disable=not self.console.is_terminal,
        )
        self.task = self.bar.add_task(type(pl_module).__name__, total=trainer.max_steps, numbers="")
        self.loss, self.scores = "", ""
        self.bar.start()

    def on_train_batch_end(
        self, trainer: Trainer, pl_module: LightningModule, outputs: Any, batch: Any, batch_idx: int
    ) -> None:
        step = trainer.global_step
        # Reading the loss waits for the device, so not in every step.
        if step % trainer.log_every_n_steps == 0:
            self.loss = f"loss {float(outputs['loss']):.3f}"
        self._update(step)

    def on_validation_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        shown = {k: v for k, v in trainer.callback_metrics.items() if k.startswith("score/")}
        self.scores = "  ".join(f"{k.removeprefix('score/')} {v:.3f}" for k, v in shown.items())
        self._update(trainer.global_step)

    def teardown(self, trainer: Trainer, pl_module: LightningModule, stage: str) -> None:
        if self.bar is not None:
            self.bar.stop()
            self.bar = None

    def _update(self, step: int) -> None:
        if self.bar is not None:
            numbers = f"{self.loss}  {self.scores}".strip()
            self.bar.update(self.task, completed=step, numbers=numbers)
