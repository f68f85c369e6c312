"""Where metrics go, and how runs are named so that methods compare in one W&B dashboard."""

import os
import sys
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from jsonargparse import Namespace
    from pytorch_lightning.loggers import Logger

PROJECT = "da"

Tracker = Literal["csv", "wandb", "wandb-online", "none"]

Mode = Literal["offline", "online", "disabled"]

#: Seconds to wait for the W&B server before giving up.
PATIENCE = 10


def identity(config: "Namespace") -> dict[str, Any]:
    """Return name, group and tags of the run that a configuration describes.

    The group is the transfer task, so that a dashboard grouped by it shows methods side by side.

    Args:
        config: Configuration with ``data``, ``model`` and ``seed_everything``.
    """
    dataset, method = _class(config.data), _class(config.model)
    data, seed = config.data.init_args, config.seed_everything
    # a domain may be a folder of the user's
    source, target = PurePath(data.source).name, PurePath(data.target).name
    scenario = _class(data.scenario) if data.get("scenario") else "Plain"
    plain = scenario == "Plain"
    return {
        "name": "-".join([method, source, target, *([] if plain else [scenario]), str(seed)]),
        "group": f"{dataset}/{source}->{target}{'' if plain else f':{scenario}'}",
        "tags": tags(method, source, target, seed),
    }


def tags(method: str, source: str, target: str, seed: int) -> list[str]:
    """Return what runs are filtered by."""
    return [method, f"source:{source}", f"target:{target}", f"seed:{seed}"]


def loggers(config: "Namespace", command: str) -> "list[Logger] | bool":
    """Return where the metrics of one command go.

    Training always leaves a folder ``NAME/version_K`` with its metrics; W&B comes on top.

    Args:
        config: Configuration, in which ``logger`` chooses; None is csv for fit, else none.
        command: ``fit``, ``validate``, ``test`` or ``predict``.

    Raises:
        ValueError: If W&B is asked for online and does not answer, or there is no login.
    """
    choice = config.logger or ("csv" if command == "fit" else "none")
    if choice == "none":
        return False
    from pytorch_lightning.loggers import CSVLogger, WandbLogger

    folder, run = config.trainer.default_root_dir or "runs/fit", identity(config)
    chosen: list[Logger] = [CSVLogger(folder, run["name"])] if command == "fit" else []
    if choice == "csv":
        return chosen or [CSVLogger(folder, f"{run['name']}-{command}")]
    mode: Mode = "online" if choice == "wandb-online" else "offline"
    Path(folder).mkdir(parents=True, exist_ok=True)
    experiment = start(mode=mode, dir=str(folder), job_type=command, **run)
    experiment.define_metric("*", step_metric="trainer/global_step", step_sync=True)
    return [*chosen, WandbLogger(experiment=experiment, save_dir=folder, project=PROJECT)]


def start(*, mode: Mode, **options: Any) -> Any:
    """Start a W&B run without waiting for a login or for long, and without watching the machine.

    Args:
        mode: Whether the run is only written, also sent, or neither.
        **options: See ``wandb.init``.

    Raises:
        ValueError: If the run is to be online and cannot.
    """
    # an empty value of this variable is an error to wandb
    os.environ["WANDB_SILENT"] = "true"
    import wandb

    # Without a key, wandb would ask for one and wait.
    if mode == "online" and not _has_key():
        raise ValueError(
            "W&B has no login here; run `wandb login`, set WANDB_API_KEY, or stay offline"
        )
    settings = wandb.Settings(
        console="off",
        silent=True,
        init_timeout=PATIENCE,
        x_disable_stats=True,
        x_disable_meta=True,
        x_save_requirements=False,
    )
    try:
        return wandb.init(project=PROJECT, mode=mode, settings=settings, **options)
    except wandb.errors.Error as error:
        raise ValueError(
            f"W&B did not take the run ({' '.join(str(error).split())}); stay offline and send it "
            f"later with `wandb sync`"
        ) from error


def finish(exit_code: int = 0) -> None:
    """Close the W&B run if there is one, so that the next command starts its own."""
    wandb = sys.modules.get("wandb")
    if wandb is not None and getattr(wandb, "run", None) is not None:
        wandb.finish(exit_code=exit_code)


def _has_key() -> bool:
    """Whether a login is stored where ``wandb login`` puts it, or stands in the environment."""
    if os.environ.get("WANDB_API_KEY") or os.environ.get("WANDB_IDENTITY_TOKEN_FILE"):
        return True
    import wandb
    from requests.utils import get_netrc_auth

    return get_netrc_auth(wandb.setup().settings.base_url) is not None


def _class(spec: Any) -> str:
    return str(spec["class_path"]).rsplit(".", 1)[-1]
