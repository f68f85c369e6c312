"""Trained networks and what they show of held-out samples, with labels of the source alone."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
import yaml

from da.batch import Labeled, Unlabeled
from da.benchmark.embedding import class_priors, embed
from da.benchmark.gate_evidence import Observation
from da.checks import check_weights, read_checkpoint
from da.cli import DomainAdaptationCLI, quiet
from da.data import TransferTask
from da.methods import DomainAdaptation
from da.validators import atc, summarize


@dataclass(frozen=True)
class Trained:
    """A network of ``da fit`` with its data.

    Attributes:
        path: As the caller named it.
        model: With the weights of the checkpoint.
        task: The transfer task that it was trained on.
        config: The configuration of the training.
    """

    path: Path
    model: DomainAdaptation
    task: TransferTask
    config: dict[str, Any]

    @property
    def name(self) -> str:
        """Class of the method, or of the baseline that it fits."""
        return type(getattr(self.model, "baseline", self.model)).__name__


def load(path: Path) -> Trained:
    """Rebuild the network and the data of a training, without its trainer.

    Args:
        path: Folder that ``da fit`` wrote, or a checkpoint in it.

    Raises:
        FileNotFoundError: If there is no configuration or checkpoint.
        ValueError: If the checkpoint does not fit the configuration.
    """
    config_path, checkpoint_path = _find(path)
    quiet()
    try:
        saved = yaml.safe_load(config_path.read_text())
        config = {name: saved[name] for name in ("seed_everything", "model", "data")}
    except (yaml.YAMLError, UnicodeDecodeError, KeyError, TypeError) as error:
        raise ValueError(
            f"{config_path} is no configuration of a training ({error}); give a folder of da fit"
        ) from error
    # What it was trained with is of no account any more, such as an accelerator that is not here
    cli = DomainAdaptationCLI(args={**config, "trainer": {"accelerator": "cpu"}}, run=False)
    checkpoint = read_checkpoint(str(checkpoint_path), cli.config)
    check_weights(str(checkpoint_path), checkpoint, cli.model)
    cli.model.load_state_dict(checkpoint["state_dict"])
    return Trained(path, cli.model, cli.datamodule, saved)


@torch.no_grad()
def look(model: DomainAdaptation, task: TransferTask, device: str = "cpu") -> Observation:
    """Embed held-out source and target-validation samples and summarize what comes out.

    Args:
        model: A trained network.
        task: Its data, of which only what training may see is read.
        device: Where to compute.

    Raises:
        FloatingPointError: If a logit is not finite.
    """
    data = task.training_data
    model.to(device).eval()
    # Before the statistics are the target's: a method that has some of each domain uses them so
    held_out = task.evaluation(data.source_val.without_labels(), device)
    source = Labeled(*embed(model, held_out), data.source_val.labels)
    model.adapt_statistics(task.evaluation(data.target_adapt, device))  # type: ignore[arg-type]
    target = Unlabeled(*embed(model, task.evaluation(data.target_val, device)))
    if not all(torch.isfinite(x).all() for x in (source.logits, target.logits)):
        raise FloatingPointError(
            f"the {type(model).__name__} network returns logits that are not finite; train it anew "
            f"with a smaller learning rate"
        )
    right = source.logits.argmax(1) == source.labels
    prior, target_prior = class_priors(source, target, task.num_classes)
    summary = summarize(target.logits)
    return Observation(
        source_accuracy=right.double().mean().item(),
        source_prior=prior,
        target_prior=target_prior,
        mean_probabilities=summary.mean_probabilities,
        mean_entropy=summary.mean_entropy,
        predicted_shares=summary.predicted_shares,
        estimated_accuracy=atc(source, target).value,
        predictions=target.logits.argmax(1).numpy(),
    )


def _find(path: Path) -> tuple[Path, Path]:
    """Return configuration and checkpoint of a training, given its folder or the checkpoint."""
    if path.is_dir():
        folders, checkpoints = [path], [path / "checkpoints" / "last.ckpt", path / "last.ckpt"]
    else:
        folders, checkpoints = [path.parent, path.parent.parent], [path]
    config = next((f / "config.yaml" for f in folders if (f / "config.yaml").is_file()), None)
    checkpoint = next((c for c in checkpoints if c.is_file()), None)
    if config is None or checkpoint is None:
        what = "checkpoint" if config else "config.yaml"
        versions = sorted(path.glob("version_*"), key=lambda p: p.stat().st_mtime)
        hint = f" such as {versions[-1]}" if versions else ", which it prints at its end"
        raise FileNotFoundError(f"{path} has no {what}; give a folder of da fit{hint}")
    return config, checkpoint
