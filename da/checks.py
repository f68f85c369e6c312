"""What a configuration must not say, refused before anything is built or trained."""

import importlib
import inspect
import types
import typing
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import torch
from jsonargparse import Namespace

from da.methods import DomainAdaptation

#: What the data tells the model.
LINKED = ("num_classes", "in_channels")


#: Options that would be overridden in silence, and what decides in their place.
DECIDED = {
    "data.seed": "--seed_everything decides it",
    "data.labeled_domain": "the method decides it",
    "data.second_view": "the method decides it",
    "data.labels_per_class": "the method decides it",
    **{f"model.{name}": "the data set decides it" for name in LINKED},
}


def check_options(args: Sequence[str]) -> None:
    """Refuse options that would be overridden in silence.

    Raises:
        ValueError: If there is one on the command line.
    """
    for arg in args:
        option = arg.split("=")[0].removeprefix("--").replace(".init_args.", ".")
        if arg.startswith("--") and option in DECIDED:
            raise ValueError(f"{option} cannot be chosen: {DECIDED[option]}; leave the option out")


def check_links(config: Namespace) -> None:
    """Refuse arguments of the model in a file that the data decides.

    Raises:
        ValueError: If there is one other than the default.
    """
    parameters = inspect.signature(DomainAdaptation).parameters
    for name in LINKED:
        value = config.model.get("init_args", {}).get(name)
        if value not in (None, parameters[name].default):
            raise ValueError(
                f"model.{name} cannot be chosen: {DECIDED[f'model.{name}']}; got {value}; "
                f"leave it out"
            )


def check_seed(config: Namespace) -> None:
    """Refuse a seed that NumPy does not take.

    Raises:
        ValueError: If the seed is out of range.
    """
    if not 0 <= config.seed_everything < 2**32:
        raise ValueError(
            f"a seed lies between 0 and {2**32 - 1}; got seed_everything={config.seed_everything}"
        )


def check_nulls(config: Namespace) -> None:
    """Refuse null where an argument's type does not allow it, which the parser lets pass.

    Raises:
        ValueError: If there is such an argument.
    """
    for key, cls, arguments in _classes(config, ""):
        hints = _hints(cls)
        for name, value in vars(arguments).items():
            if value is None and name not in LINKED and not _allows_none(hints.get(name, Any)):
                raise ValueError(
                    f"{key}.{name} is null, but must be {_spoken(hints[name])}; "
                    f"give a value or leave the option out"
                )


def read_checkpoint(path: str, config: Namespace) -> dict[str, Any]:
    """Read a checkpoint and compare its class with that of the configuration.

    Args:
        path: File of the checkpoint.
        config: Configuration with a ``model``.

    Raises:
        FileNotFoundError: If there is no such file.
        ValueError: If the file is damaged, is no checkpoint of ours, or is one of another class.
    """
    if not Path(path).is_file():
        raise FileNotFoundError(f"there is no checkpoint {path}; give the path of a .ckpt file")
    try:
        checkpoint: dict[str, Any] = torch.load(path, map_location="cpu", weights_only=True)
        saved = load_class(checkpoint["hyper_parameters"]["_class_path"])
    except Exception as error:  # whatever a broken file makes of the unpickler
        raise ValueError(
            f"{path} is damaged or no checkpoint of a method ({type(error).__name__}); "
            f"give a file that da fit wrote"
        ) from error
    wanted = load_class(config.model.class_path)
    if saved is not wanted:
        raise ValueError(
            f"{path} is a checkpoint of {saved.__name__}, not of {wanted.__name__}; "
            f"choose the method it was trained with"
        )
    return checkpoint


def check_weights(path: str, checkpoint: dict[str, Any], model: DomainAdaptation) -> None:
    """Refuse a checkpoint whose weights do not fit the model.

    Raises:
        ValueError: If names or shapes differ.
    """
    saved, wanted = (
        {k: tuple(v.shape[k in model.sized_by_data :]) for k, v in state.items()}
        for state in (checkpoint["state_dict"], model.state_dict())
    )
    if saved != wanted:
        name = sorted(k for k in {*saved, *wanted} if saved.get(k) != wanted.get(k))[0]
        raise ValueError(
            f"{path} does not fit the network: {name} has shape {saved.get(name, 'none')} in the "
            f"checkpoint and {wanted.get(name, 'none')} in the network; use the run's config.yaml"
        )


def load_class(path: str) -> type:
    """Return the class with this import path."""
    module, name = path.rsplit(".", 1)
    cls: type = getattr(importlib.import_module(module), name)
    return cls


def _classes(value: Any, key: str) -> Iterator[tuple[str, type, Namespace]]:
    """Find each class of a configuration with its arguments, at any depth."""
    if isinstance(value, list):
        for i, item in enumerate(value):
            yield from _classes(item, f"{key}.{i}")
    elif isinstance(value, Namespace):
        arguments = value.get("init_args")
        if isinstance(arguments, Namespace) and inspect.isclass(
            cls := load_class(value.class_path)
        ):
            yield key, cls, arguments
            value = arguments
        for name, item in vars(value).items():
            yield from _classes(item, f"{key}.{name}".lstrip("."))


def _hints(cls: type) -> dict[str, Any]:
    """Return the types of all arguments, those that are passed on to parents included."""
    hints: dict[str, Any] = {}
    for parent in reversed(cls.__mro__):
        if inspect.isfunction(constructor := vars(parent).get("__init__")):
            try:
                hints |= typing.get_type_hints(constructor)
            except (NameError, TypeError):  # a type that is only known to type checkers
                continue
    return hints


def _allows_none(hint: Any) -> bool:
    if typing.get_origin(hint) in (typing.Union, types.UnionType):
        return any(map(_allows_none, typing.get_args(hint)))
    return hint in (Any, None, type(None), object)


def _spoken(hint: Any) -> str:
    return hint.__name__ if inspect.isclass(hint) else str(hint).replace("typing.", "")
