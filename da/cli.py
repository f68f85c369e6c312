"""LightningCLI: a method, a transfer task and a trainer from YAML files and options."""

import csv
import importlib
import logging
import os
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal, NoReturn

import torch
import yaml
from pytorch_lightning import LightningModule, Trainer
from pytorch_lightning.cli import LightningArgumentParser, LightningCLI, SaveConfigCallback
from pytorch_lightning.loggers import WandbLogger
from torch import Tensor

from da.data import TransferTask
from da.mistakes import explain
from da.methods import DomainAdaptation
from da.tracking import logger_spec

Tracker = Literal["csv", "wandb", "wandb-online", "none"]


class Parser(LightningArgumentParser):
    """Answers a mistake with one sentence, and the name that was probably meant."""

    def error(self, message: str, ex: Exception | None = None) -> NoReturn:
        raise ValueError(explain(str(ex or message)))


class SaveConfig(SaveConfigCallback):
    """Write the complete configuration beside the logs of each run, and to W&B."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{**kwargs, "save_to_log_dir": False})

    def save_config(self, trainer: Trainer, pl_module: LightningModule, stage: str) -> None:
        text = self.parser.dump(self.config, skip_none=False)
        if stage == "fit" and trainer.logger:
            folder = Path(trainer.log_dir or trainer.default_root_dir)
            folder.mkdir(parents=True, exist_ok=True)
            (folder / "config.yaml").write_text(text)
            print(f"configuration: {folder / 'config.yaml'}")
        for logger in trainer.loggers:
            if isinstance(logger, WandbLogger):
                logger.experiment.config.update(yaml.safe_load(text), allow_val_change=True)


class DomainAdaptationCLI(LightningCLI):
    """Joins a method and a transfer task: the task tells the method its classes and channels.

    Args:
        args: Command line, or a configuration as a dict.
        run: Whether the arguments start with a subcommand to run; else all is only built.
    """

    def __init__(self, args: Any = None, run: bool = True) -> None:
        super().__init__(
            DomainAdaptation,
            TransferTask,
            subclass_mode_model=True,
            subclass_mode_data=True,
            seed_everything_default=0,
            auto_configure_optimizers=False,
            save_config_callback=SaveConfig if run else None,
            parser_class=Parser,
            args=args,
            run=run,
        )

    def add_arguments_to_parser(self, parser: LightningArgumentParser) -> None:
        for name in ("num_classes", "in_channels"):
            parser.link_arguments(f"data.{name}", f"model.init_args.{name}", apply_on="instantiate")
        parser.link_arguments("seed_everything", "data.init_args.seed")
        parser.add_argument(
            "--logger",
            type=Tracker | None,
            default=None,
            help="Where metrics go; short for trainer.logger. wandb is offline, wandb-online is not.",
        )
        parser.add_argument(
            "--output", type=str, default="predictions.csv", help="CSV file of da predict."
        )

    def before_instantiate_classes(self) -> None:
        config = self.config[self.subcommand] if self.subcommand else self.config
        if _import(config.model.class_path).labeled_domain == "target":
            config.data.init_args.labeled_domain = "target"
        if config.logger:
            config.trainer.logger = logger_spec(config)

    def predict(self, model: DomainAdaptation, datamodule: TransferTask, **options: Any) -> None:
        """Write one line a sample: id, predicted class, confidence, probability of each class."""
        batches: list[Any] = self.trainer.predict(model, datamodule, **options) or []
        path = Path(self._get(self.config, "output"))
        samples = datamodule.unlabeled_target()
        write_predictions(path, samples.ids, datamodule.class_names, torch.cat(batches))
        print(f"predictions: {path} ({len(samples)} samples)")


def write_predictions(
    path: Path, ids: Sequence[str], class_names: Sequence[str], probabilities: Tensor
) -> None:
    """Write predictions to a CSV file with columns id, prediction, confidence and one a class.

    Args:
        path: File to write; its folder is made if need be.
        ids: Names of the samples.
        class_names: Names of the classes.
        probabilities: Of shape ``(n, k)``.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["id", "prediction", "confidence", *(f"p({c})" for c in class_names)])
        best = probabilities.argmax(1).tolist()
        for name, winner, row in zip(ids, best, probabilities.tolist(), strict=True):
            numbers = [f"{p:.6f}" for p in row]
            writer.writerow([name, class_names[winner], numbers[winner], *numbers])


def run(args: list[str]) -> None:
    """Run ``fit``, ``validate``, ``test`` or ``predict``."""
    quiet()
    try:
        DomainAdaptationCLI(args=args)
    except ValueError as error:
        raise ValueError(explain(str(error))) from error


def quiet() -> None:
    """Keep Lightning's advertisements and warnings about our own choices off the screen."""
    for name in ("pytorch_lightning.utilities.rank_zero", "lightning_fabric.utilities.rank_zero"):
        logging.getLogger(name).setLevel(logging.ERROR)
    # The command line is passed on by our own dispatcher.
    warnings.filterwarnings("ignore", ".*args parameter is intended to run from within Python.*")
    # Batches are index gathers of tensors in memory: workers would only slow them down.
    warnings.filterwarnings("ignore", ".*does not have many workers.*")
    os.environ.setdefault("WANDB_SILENT", "true")


def _import(path: str) -> type[DomainAdaptation]:
    module, name = path.rsplit(".", 1)
    cls: type[DomainAdaptation] = getattr(importlib.import_module(module), name)
    return cls
