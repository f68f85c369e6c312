"""W&B: how runs are named, grouped and tagged, so that methods compare in one dashboard."""

from typing import Any

from jsonargparse import Namespace

PROJECT = "da"


def identity(config: Namespace, job_type: str = "fit") -> dict[str, Any]:
    """Return group, job type, tags and name of the W&B run of one configuration.

    The group is the transfer task, so that a dashboard grouped by it shows methods side by side.
    """
    dataset = config.data.class_path.rsplit(".", 1)[-1]
    method = config.model.class_path.rsplit(".", 1)[-1]
    source, target = config.data.init_args.source, config.data.init_args.target
    seed = config.seed_everything
    return {
        "project": PROJECT,
        "group": f"{dataset}/{source}->{target}",
        "job_type": job_type,
        "tags": [method, f"source:{source}", f"target:{target}", f"seed:{seed}"],
        "name": f"{method}-{source}-{target}-{seed}",
    }


def logger_spec(config: Namespace) -> Namespace | bool:
    """Return ``trainer.logger`` for the short name in ``config.logger``."""
    if config.logger == "none":
        return False
    folder = config.trainer.default_root_dir or "runs/fit"
    run = identity(config)
    if config.logger == "csv":
        return Namespace(
            class_path="pytorch_lightning.loggers.CSVLogger",
            init_args=Namespace(save_dir=folder, name=run["name"]),
        )
    return Namespace(
        class_path="pytorch_lightning.loggers.WandbLogger",
        init_args=Namespace(
            save_dir=folder,
            offline=config.logger == "wandb",
            project=run.pop("project"),
            name=run.pop("name"),
        ),
        dict_kwargs=run,
    )
