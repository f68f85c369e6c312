"""Hyper-parameters as plain data, and checkpoints that can be loaded from them alone."""

import inspect
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import torch
from jsonargparse import ArgumentParser
from pytorch_lightning import LightningModule


def save_as_specs(method: LightningModule) -> None:
    """Save the constructor's arguments with classes and functions as import paths.

    A checkpoint with a class inside could only be loaded by running what it pickled.
    """
    constructor = inspect.currentframe().f_back  # type: ignore[union-attr]
    method.save_hyperparameters(frame=constructor)
    if "_class_path" not in method.hparams:  # the CLI has put plain data there already
        specs = {name: as_spec(value) for name, value in method.hparams.items()}
        method.save_hyperparameters({**specs, "_class_path": as_spec(type(method))})


def as_spec(value: Any) -> Any:
    """Return a class or function as its import path, a partial as ``class_path`` + ``init_args``.

    Raises:
        ValueError: If a function has no import path, such as a lambda.
    """
    if isinstance(value, partial):
        return {"class_path": as_spec(value.func), "init_args": dict(value.keywords)}
    if not isinstance(value, Callable):  # type: ignore[arg-type]
        return value
    name = getattr(value, "__qualname__", "<lambda>")
    if "<" in name:
        raise ValueError(
            f"a hyper-parameter must have an import path to be saved; got {value!r}; use a "
            f"function of a module or functools.partial"
        )
    return f"{value.__module__}.{name}"


def load(path: str | Path) -> LightningModule:
    """Load a method from a checkpoint, whatever its class.

    Args:
        path: Checkpoint written by a run of this package.

    Raises:
        FileNotFoundError: If there is no such file.
        ValueError: If the file is not a checkpoint of a method.
    """
    from da.methods.base import DomainAdaptation

    if not Path(path).is_file():
        raise FileNotFoundError(f"there is no checkpoint at {path}")
    try:
        checkpoint = torch.load(path, map_location="cpu", weights_only=True)
        specs = dict(checkpoint["hyper_parameters"])
        class_path = specs.pop("_class_path")
    except Exception as error:
        raise ValueError(
            f"{path} is not a checkpoint of a method ({type(error).__name__})"
        ) from error
    parser = ArgumentParser(exit_on_error=False)
    parser.add_subclass_arguments(DomainAdaptation, "model")
    init_args = {k: v for k, v in specs.items() if not k.startswith("_")}
    config = parser.parse_object({"model": {"class_path": class_path, "init_args": init_args}})
    method: DomainAdaptation = parser.instantiate_classes(config).model
    method.load_state_dict(checkpoint["state_dict"])
    return method
