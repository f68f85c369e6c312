"""LightningCLI: a method, a transfer task and a trainer from YAML files and options."""

from copy import deepcopy
from pathlib import Path
from typing import Any, NoReturn

import torch
import yaml
from jsonargparse import Namespace
from pytorch_lightning import Trainer
from pytorch_lightning.callbacks import Checkpoint, ModelCheckpoint
from pytorch_lightning.cli import LightningArgumentParser, LightningCLI, SaveConfigCallback
from pytorch_lightning.loggers import WandbLogger
from pytorch_lightning.utilities.exceptions import MisconfigurationException

from da import tracking
from da.callbacks import Scores
from da.callbacks.training_bar import TrainingBar
from da.checks import (
    LINKED,
    check_links,
    check_nulls,
    check_options,
    check_seed,
    check_weights,
    load_class,
    read_checkpoint,
)
from da.data import TransferTask
from da.methods import DomainAdaptation
from da.mistakes import explain
from da.parsing import own_defaults
from da.predictions import write_predictions
from da.terminal import print_places, print_scores, quiet


class Parser(LightningArgumentParser):
    """Raises what went wrong, in place of printing all options and leaving the process."""

    def error(self, message: str, ex: Exception | None = None) -> NoReturn:
        raise ValueError(str(ex or message))


class SaveConfig(SaveConfigCallback):
    """Write the complete configuration beside the metrics of a training, and to W&B."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{**kwargs, "save_to_log_dir": False})

    def save_config(self, trainer: Trainer, pl_module: Any, stage: str) -> None:
        text = self.parser.dump(self.config, skip_none=False)
        if stage == "fit" and trainer.logger and trainer.log_dir:
            folder = Path(trainer.log_dir)
            folder.mkdir(parents=True, exist_ok=True)
            (folder / "config.yaml").write_text(text)
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
        quiet()
        self.checkpoint: dict[str, Any] | None = None
        super().__init__(
            DomainAdaptation,
            TransferTask,
            subclass_mode_model=True,
            subclass_mode_data=True,
            seed_everything_default=0,
            auto_configure_optimizers=False,
            # The configuration is saved whole; a table of layers helps nobody who compares methods.
            trainer_defaults={"enable_model_summary": False, "enable_autolog_hparams": False},
            save_config_callback=SaveConfig if run else None,
            parser_class=Parser,
            parser_kwargs={"prog": "da"},
            args=args,
            run=run,
        )

    def add_arguments_to_parser(self, parser: LightningArgumentParser) -> None:
        for name in LINKED:
            parser.link_arguments(f"data.{name}", f"model.init_args.{name}", apply_on="instantiate")
        parser.link_arguments("seed_everything", "data.init_args.seed")
        parser.link_arguments("model", "data.init_args.labeled_domain", compute_fn=_labeled)
        parser.link_arguments("model", "data.init_args.second_view", compute_fn=_second_view)
        parser.link_arguments("model", "data.init_args.labels_per_class", compute_fn=_labels)
        parser.add_argument(
            "--logger",
            type=tracking.Tracker | None,
            default=None,
            help="Where metrics go: csv (for fit, the default), W&B offline or online, or nowhere.",
        )
        parser.add_argument(
            "--output", type=str, default="predictions.csv", help="CSV file of da predict."
        )

    @staticmethod
    def subcommands() -> dict[str, set[str]]:
        """Name the commands, and what of Lightning's methods is no option of theirs."""
        skipped = {name: {*s} for name, s in LightningCLI.subcommands().items()}
        for name in ("validate", "test"):
            skipped[name].add("verbose")
        return skipped

    def parse_arguments(self, parser: LightningArgumentParser, args: Any) -> None:
        check_options(args if isinstance(args, list) else [])
        parse = parser.parse_object if isinstance(args, dict) else parser.parse_args
        try:
            with own_defaults():
                # the parser turns what lies in lists of a dict into objects of its own
                self.config = parse(deepcopy(args))
        except ValueError as error:
            raise ValueError(explain(str(error))) from error
        self.subcommand = self.config.get("subcommand")
        check_links(self.chosen)
        check_nulls(self.chosen)
        check_seed(self.chosen)

    @property
    def chosen(self) -> Namespace:
        """The configuration of the subcommand, or the only one."""
        return self.config[self.subcommand] if self.subcommand else self.config

    def _parse_ckpt_path(self) -> None:
        if not self.subcommand:
            return
        path = self.chosen.get("ckpt_path")
        if path:
            self.checkpoint = read_checkpoint(path, self.chosen)
            # A resumed training obeys its configuration; a trained network is what it was.
            if self.subcommand != "fit":
                super()._parse_ckpt_path()
        elif self.subcommand != "fit":
            raise ValueError(
                f"da {self.subcommand} needs a trained network; "
                f"give its checkpoint with --ckpt_path"
            )

    def instantiate_classes(self) -> None:
        try:
            super().instantiate_classes()
        except ValueError as error:
            # the parser wraps what a constructor says in a list of all types it tried
            raise ValueError(explain(str(error))) from error

    def after_instantiate_classes(self) -> None:
        if self.checkpoint:
            check_weights(self.chosen.ckpt_path, self.checkpoint, self.model)

    def instantiate_trainer(self, **kwargs: Any) -> Trainer:
        """Add where metrics go, a checkpoint that is always there, and the progress bar."""
        if self.subcommand:
            options = self.config_init[self.subcommand].trainer
            callbacks = list(options.callbacks or [])
            training = self.subcommand == "fit"
            if options.logger is None:
                kwargs["logger"] = tracking.loggers(self.chosen, self.subcommand)
            saved = any(isinstance(c, Checkpoint) for c in callbacks)
            if training and options.enable_checkpointing is not False and not saved:
                callbacks.append(ModelCheckpoint(filename="last", enable_version_counter=False))
            if training and options.enable_progress_bar is not False:
                callbacks.append(TrainingBar())
            kwargs.setdefault("enable_progress_bar", training and options.enable_progress_bar)
            kwargs["callbacks"] = callbacks
        elif self.config_init.trainer.logger is None:
            kwargs.setdefault("logger", False)
        return super().instantiate_trainer(**kwargs)

    def before_fit(self) -> None:
        if self.trainer.max_steps < 1:
            raise ValueError(
                f"training is counted in steps; got trainer.max_steps={self.trainer.max_steps}; "
                f"choose at least 1"
            )
        if self.trainer.is_global_zero:
            data = self.datamodule.training_data
            steps = f"{self.trainer.max_steps} steps" if self.model.takes_steps else "no steps"
            print(
                f"{tracking.identity(self.chosen)['name']}: {len(data.source_train):,} labelled "
                f"and {len(data.target_adapt):,} unlabelled samples, {steps}"
            )

    def after_fit(self) -> None:
        """Save and score the last step, and say where everything is."""
        trainer, saver = self.trainer, self.trainer.checkpoint_callback
        metrics = dict(trainer.callback_metrics)
        path = None
        if isinstance(saver, ModelCheckpoint) and saver.dirpath:
            path = Path(saver.dirpath) / "last.ckpt"
            trainer.save_checkpoint(path, weights_only=False)
        if trainer.limit_val_batches and trainer.global_step % int(trainer.val_check_batch or 1):
            metrics = self._score()
        if trainer.is_global_zero:
            print_scores(metrics)
            print_places(trainer, path)

    def validate(self, model: DomainAdaptation, datamodule: TransferTask, **options: Any) -> None:
        """Print the scores that need no target label."""
        self.trainer.validate(model, datamodule, verbose=False, **options)
        print_scores(self.trainer.callback_metrics)

    def test(self, model: DomainAdaptation, datamodule: TransferTask, **options: Any) -> None:
        """Print what the labelled target test set says."""
        self.trainer.test(model, datamodule, verbose=False, **options)
        print_scores(self.trainer.callback_metrics)

    def predict(self, model: DomainAdaptation, datamodule: TransferTask, **options: Any) -> None:
        """Write one line a sample: id, predicted class, confidence, probability of each class."""
        if options.pop("return_predictions", None) is False:
            raise ValueError(
                "da predict writes what it predicts; leave --return_predictions false out"
            )
        batches: list[Any] = self.trainer.predict(model, datamodule, **options) or []
        path = Path(self.chosen.output)
        probabilities = torch.cat(batches)
        # fewer than all if the trainer was told to stop early
        ids = datamodule.unlabeled_target().ids[: len(probabilities)]
        write_predictions(path, ids, datamodule.class_names, probabilities)
        print(f"predictions: {path} ({len(ids):,} samples)")

    def _score(self) -> dict[str, Any]:
        """Score the last step of a training that did not end with a validation."""
        trainer = self.trainer
        trainer.validate(self.model, self.datamodule, verbose=False)
        metrics = dict(trainer.callback_metrics)
        if any(isinstance(c, Scores) and c.oracle for c in trainer.callbacks):  # type: ignore[attr-defined]
            trainer.test(self.model, self.datamodule, verbose=False)
            metrics |= trainer.callback_metrics
        return metrics


def run(args: list[str]) -> None:
    """Run ``fit``, ``validate``, ``test`` or ``predict``."""
    failed = 1
    try:
        DomainAdaptationCLI(args=args)
        failed = 0
    except MisconfigurationException as error:
        raise ValueError(str(error)) from error
    finally:
        tracking.finish(exit_code=failed)


def _labeled(model: Any) -> str:
    # without a model, the parser has more to say
    cls: Any = load_class(model["class_path"]) if model else DomainAdaptation
    return str(cls.labeled_domain)


def _second_view(model: Any) -> bool:
    cls: Any = load_class(model["class_path"]) if model else DomainAdaptation
    return bool(cls.needs_second_view)


def _labels(model: Any) -> int | None:
    arguments = (model.get("init_args") or {}) if model else {}
    # no other method has the argument
    return arguments.get("labels_per_class")
