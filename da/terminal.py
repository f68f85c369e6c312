"""What a command says in the terminal, and what it does not."""

import logging
import os
import warnings
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from pytorch_lightning import Trainer
from pytorch_lightning.loggers import WandbLogger


def quiet() -> None:
    """Keep advertisements, and warnings about our own choices, off the screen."""
    for name in (
        "pytorch_lightning.utilities.rank_zero",
        "lightning_fabric.utilities.rank_zero",
        "lightning_fabric.utilities.seed",
    ):
        logging.getLogger(name).setLevel(logging.ERROR)
    for message in (
        # Batches are index gathers of tensors in memory: workers would only slow them down.
        ".*does not have many workers.*",
        # Lightning asks torch in a way that torch will drop.
        r".*isinstance\(treespec, LeafSpec\).*",
        # The checkpoint of a run is written to again when it is resumed.
        "Checkpoint directory .* exists and is not empty.*",
        # To score a checkpoint, it does not matter where it was written.
        "The dirpath has changed from .*",
    ):
        warnings.filterwarnings("ignore", message)
    # Names that are newer than our lower bound on jsonargparse cannot be used yet.
    os.environ.setdefault("JSONARGPARSE_DEPRECATION_WARNINGS", "off")


def print_scores(metrics: Mapping[str, Any]) -> None:
    """Print the scores of a network, one a line."""
    for name, value in sorted(metrics.items()):
        if name.startswith(("score/", "oracle/")):
            print(f"{name:<32}{float(value):.4f}")


def print_places(trainer: Trainer, checkpoint: Path | None) -> None:
    """Print where checkpoint, configuration and metrics of a training are, as far as there are."""
    places: list[tuple[str, Path | None]] = [("checkpoint", checkpoint)]
    if trainer.loggers and trainer.log_dir:
        folder = Path(trainer.log_dir)
        places += [("configuration", folder / "config.yaml"), ("metrics", folder / "metrics.csv")]
    for name, path in places:
        if path is not None and path.is_file():
            print(f"{name:<15}{_short(path)}")
    for run in _wandb_runs(trainer.loggers):
        print(f"{'W&B':<15}{run.url or f'wandb sync {_short(Path(run.dir).parent)}'}")


def _wandb_runs(loggers: Iterable[Any]) -> list[Any]:
    return [logger.experiment for logger in loggers if isinstance(logger, WandbLogger)]


def _short(path: Path) -> Path:
    path, here = path.resolve(), Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path
