"""One sentence for a mistake on the command line, with the name that was probably meant."""

import difflib
import inspect
import re
from collections.abc import Iterable

from pytorch_lightning import Trainer

from da.backbones import Backbone
from da.data import Scenario, TransferTask
from da.methods import DomainAdaptation

_WRAPPED = re.compile(r"^\s*- (?!Expected a <class 'NoneType'>)(?!Does not validate)(.+)$", re.M)
_OPTION = re.compile(r"Option '([\w.]+)' is not accepted|nrecognized arguments: --([\w.]+)")
_CLASS = re.compile(r"Expected a dot import path string: (\S+)|No module named '(\S+)'")
_BASES = (DomainAdaptation, TransferTask, Scenario, Backbone)


def explain(message: str) -> str:
    """Reduce what a parser says about each type it tried to what the caller did wrong.

    Args:
        message: Text of the error.

    Returns:
        One sentence; a message in no known form comes back on one line.
    """
    if option := _first(_OPTION, message):
        return f"there is no option {option!r}{_hint(option, _options())}"
    if name := _first(_CLASS, message):
        return f"there is no class {name!r}{_hint(name, _classes())}"
    if "Does not validate against any" in message:
        # A sentence of our own, raised while an object was made, stands among the types tried.
        return " ".join(dict.fromkeys(_WRAPPED.findall(message))) or " ".join(message.split())
    key = re.search(r'Parser key "([^"]+)":\s*(.+)', message, re.S)
    return " ".join((f"{key[1]}: {key[2]}" if key else message).split())


def _first(pattern: re.Pattern[str], message: str) -> str | None:
    found = pattern.search(message)
    return next(filter(None, found.groups())) if found else None


def _hint(wrong: str, names: Iterable[str]) -> str:
    close = difflib.get_close_matches(wrong, names, n=1) or difflib.get_close_matches(
        wrong.split(".")[-1], names, n=1
    )
    return f"; did you mean {close[0]!r}?" if close else ""


def _classes() -> list[str]:
    return sorted({c.__name__ for base in _BASES for c in _concrete(base)})


def _options() -> list[str]:
    trainer = [f"trainer.{name}" for name in inspect.signature(Trainer).parameters]
    own = {
        name
        for base in _BASES
        for cls in _concrete(base)
        for parent in cls.__mro__
        if "__init__" in vars(parent)
        for name in inspect.signature(parent).parameters
    }
    return [*trainer, *sorted(own), "seed_everything", "logger", "output", "ckpt_path", "config"]


def _concrete(base: type) -> list[type]:
    below: list[type] = base.__subclasses__()
    found = [] if inspect.isabstract(base) else [base]
    return found + [c for cls in below for c in _concrete(cls)]
