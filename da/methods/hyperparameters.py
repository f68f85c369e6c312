"""Hyper-parameters as plain data, and checkpoints that can be loaded from them alone."""

import inspect
from collections.abc import Callable
from contextvars import ContextVar
from copy import deepcopy
from dataclasses import fields, is_dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from jsonargparse import ArgumentParser
from pytorch_lightning import LightningModule

from da.parsing import own_defaults

# What a method is built from is not what was saved: a parser wraps classes in functions of its own.
_loaded: ContextVar[dict[str, Any] | None] = ContextVar("loaded", default=None)


def save_as_specs(method: LightningModule) -> None:
    """Save the constructor's arguments with classes and functions as import paths.

    A checkpoint with a class inside could only be loaded by running what it pickled.
    """
    loaded = _loaded.get()
    if loaded is not None:
        method.save_hyperparameters(loaded)
        return
    method.save_hyperparameters()
    if "_class_path" not in method.hparams:  # the CLI has put plain data there already
        specs = {name: as_spec(value) for name, value in _arguments(method).items()}
        method.save_hyperparameters({**specs, "_class_path": as_spec(type(method))})


def _arguments(method: LightningModule) -> dict[str, Any]:
    """Collect the arguments of all constructors that are running on this object.

    Lightning's own search ends at the first decorated constructor, and then silently saves less.
    """
    arguments: dict[str, Any] = {}
    frame = inspect.currentframe()
    while frame := frame.f_back if frame else None:
        if frame.f_code.co_name == "__init__" and frame.f_locals.get("self") is method:
            names, _, _, values = inspect.getargvalues(frame)
            arguments.update({name: values[name] for name in names if name != "self"})
    return arguments


def as_spec(value: Any) -> Any:
    """Return a class or function as its import path; a partial with ``init_args``, a schedule too.

    Raises:
        ValueError: If a class or function has no import path, such as a lambda, or a partial
            has arguments without a name.
    """
    if isinstance(value, partial):
        if value.args:
            raise ValueError(
                f"a partial must name its arguments to be saved; got {value!r}; pass them by name"
            )
        init_args = {name: as_spec(argument) for name, argument in value.keywords.items()}
        return {"class_path": as_spec(value.func), "init_args": init_args}
    if is_dataclass(value) and not isinstance(value, type):
        init_args = {field.name: as_spec(getattr(value, field.name)) for field in fields(value)}
        return {"class_path": as_spec(type(value)), "init_args": init_args}
    if isinstance(value, list | tuple):
        return type(value)(as_spec(item) for item in value)
    if isinstance(value, np.generic):  # a drawn hyper-parameter, which no safe loader accepts
        return value.item()
    if not isinstance(value, Callable):  # type: ignore[arg-type]
        return value
    name = getattr(value, "__qualname__", "<lambda>")
    if "<" in name:
        raise ValueError(
            f"a hyper-parameter must have an import path to be saved; got {value!r}; use a "
            f"class or function of a module, or functools.partial"
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
        specs = deepcopy(dict(checkpoint["hyper_parameters"]))  # the parser changes what lies deep
        class_path = specs.pop("_class_path")
    except Exception as error:
        raise ValueError(
            f"{path} is not a checkpoint of a method ({type(error).__name__})"
        ) from error
    parser = ArgumentParser(exit_on_error=False)
    parser.add_subclass_arguments(DomainAdaptation, "model")
    init_args = {k: v for k, v in specs.items() if not k.startswith("_")}
    token = _loaded.set(checkpoint["hyper_parameters"])
    try:
        with own_defaults():
            model = {"class_path": class_path, "init_args": init_args}
            config = parser.parse_object({"model": model})
        method: DomainAdaptation = parser.instantiate_classes(config).model
        method.load_state_dict(checkpoint["state_dict"])
    except Exception as error:
        raise ValueError(
            f"{path} holds {class_path}, which cannot be restored as a method "
            f"({type(error).__name__}: {str(error).strip().splitlines()[0]})"
        ) from error
    finally:
        _loaded.reset(token)
    return method
