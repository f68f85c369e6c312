"""The files in ``experiments/methods``: how a method is named, and the class behind it."""

import importlib
from pathlib import Path
from typing import Any

import yaml

from da.benchmark.grid import folder, unknown


def names() -> list[str]:
    """Name the methods that have a file, in alphabetical order."""
    return sorted(path.stem for path in (folder("experiments") / "methods").glob("*.yaml"))


def path_of(name: str) -> Path:
    """Return the file of a method.

    Raises:
        ValueError: If there is none.
    """
    path = folder("experiments") / "methods" / f"{name}.yaml"
    if not path.is_file():
        raise ValueError(unknown("method", name, names()))
    return path


def settings_of(name: str) -> dict[str, Any]:
    """Return what the file of a method says of the model: ``class_path`` and ``init_args``."""
    model: dict[str, Any] = yaml.safe_load(path_of(name).read_text())["model"]
    return model


def imported(class_path: str) -> Any:
    """Return what an import path such as ``da.methods.DANN`` names."""
    module, _, name = class_path.rpartition(".")
    return getattr(importlib.import_module(module), name)
