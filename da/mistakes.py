"""One sentence for a mistake on the command line, with the name that was probably meant."""

import difflib
import inspect
import re
from collections.abc import Iterable
from importlib import import_module

from pytorch_lightning import Callback, LightningModule, Trainer
from torch.optim import Optimizer

from da.backbones import Backbone
from da.data import Scenario, TransferTask
from da.methods import DomainAdaptation

_KEY = re.compile(r'Parser key "([^"]+)"')
_OPTION = re.compile(
    r"Option '([\w.]+)' is not accepted|nrecognized arguments: --([\w.]+)"
    r"|does not accept option '([\w.]+)'"
)
_MISSING = re.compile(r"arguments are required: (.+)")
_MEMBER = re.compile(r"module '(\S+)' has no attribute '(\S+)'")
_ORDER = "class path given previously"
_EXTRA = re.compile(r"nrecognized arguments: ([^-\s]\S*)")
_CLASS = re.compile(r"Expected a dot import path string: (\S+)|No module named '(\S+)'")
_EXPECTED = re.compile(r"Expected an? (?!<class 'NoneType'>)(.+?)\.?(?: Got value: (.*))?$", re.M)
_WRAPPED = re.compile(r"^\s*- (?!Expected a)(?!Does not validate)(?!Parser key)(.+)$", re.M)

#: The classes that an argument takes.
_BASES: dict[str, type] = {
    "model": DomainAdaptation,
    "data": TransferTask,
    "scenario": Scenario,
    "backbone": Backbone,
    "optimizer": Optimizer,
    "callbacks": Callback,
}


def explain(message: str) -> str:
    """Reduce what a parser says about each type it tried to what the caller did wrong.

    Args:
        message: Text of the error.

    Returns:
        One sentence; a message in no known form comes back on one line.
    """
    if found := _OPTION.search(message):
        option, keys = _group(found), _keys(message, found)
        full = ".".join([*keys, option])
        return f"there is no option {full!r}{_hint(full, _options(keys))}"
    if found := _EXTRA.search(message):
        return f"options start with --; got {found[1]!r}"
    if found := _MISSING.search(message):
        names = " and ".join(name.split(".")[-1] for name in found[1].split(", "))
        return f"{names} must be given; add a file of experiments/ for each with -c"
    if _ORDER in message:
        return (
            "arguments of the model stand before its class; give the file that names the method "
            "before the file that names the data"
        )
    if found := _MEMBER.search(message):
        members = [f"{found[1]}.{name}" for name in vars(import_module(found[1])) if name[0] != "_"]
        path = f"{found[1]}.{found[2]}"
        return f"there is no {path!r}{_hint(path, members)}"
    if found := _CLASS.search(message):
        name, keys = _group(found), _keys(message, found)
        return f"there is no class {name!r}{_hint(name, _classes(keys))}"
    if own := list(dict.fromkeys(_WRAPPED.findall(message))):
        # A sentence of our own, raised while an object was made, stands among the types tried.
        return " ".join(own)
    if types := list(_EXPECTED.finditer(message)):
        return _mistyped(message, types)
    return " ".join(message.split())


def _mistyped(message: str, types: list[re.Match[str]]) -> str:
    value = types[0][2] or next(iter(re.findall(r"Given value: (.*)", message)), "")
    allowed = re.findall(r"'([^']*)'", types[0][1]) if "Literal[" in types[0][1] else []
    kinds = dict.fromkeys(re.sub(r"<class '(.*)'>", r"\1", found[1]) for found in types)
    expected = ", ".join(allowed) if allowed else " or ".join(kinds)
    key = ".".join(_keys(message, types[0]))
    kind = "one of" if allowed else "of type"
    sentence = f"{key} must be {kind} {expected}; got {value.strip()!r}"
    return sentence + (_hint(value.strip(), allowed) if allowed else "")


def _group(found: re.Match[str]) -> str:
    return next(filter(None, found.groups()))


def _keys(message: str, found: re.Match[str]) -> list[str]:
    """Return the arguments, from the outermost on, that the parser was looking at."""
    return _KEY.findall(message[: found.start()])


def _hint(wrong: str, names: Iterable[str]) -> str:
    """Return the name that was probably meant, whatever its case, or all if they are few."""
    known = {name.lower(): name for name in sorted(names) if name != wrong}
    for written in (wrong.lower(), wrong.lower().split(".")[-1]):
        if close := difflib.get_close_matches(written, known, n=1):
            return f"; did you mean {known[close[0]]!r}?"
    return f"; there are {', '.join(known.values())}" if 0 < len(known) < 20 else ""


def _classes(keys: list[str]) -> set[str]:
    base = _BASES.get(keys[-1].split(".")[-1]) if keys else None
    return {c.__name__ for b in ([base] if base else _BASES.values()) for c in _concrete(b)}


def _options(keys: list[str]) -> set[str]:
    prefix = ".".join(keys)
    base = _BASES.get(keys[-1].split(".")[-1]) if keys else None
    if base:
        return {f"{prefix}.{name}" for name in _arguments(base)}
    trainer = {f"trainer.{name}" for name in inspect.signature(Trainer).parameters}
    own = {f"{key}.{name}" for key in ("model", "data") for name in _arguments(_BASES[key])}
    others = {"model", "data", "seed_everything", "logger", "output", "ckpt_path", "config"}
    return trainer | own | others


def _arguments(base: type) -> set[str]:
    return {
        name
        for cls in _concrete(base)
        for parent in cls.__mro__
        if "__init__" in vars(parent) and parent not in (object, LightningModule)
        for name in inspect.signature(parent).parameters
        if name not in ("self", "args", "kwargs", "params")
    }


def _concrete(base: type) -> list[type]:
    below: list[type] = base.__subclasses__()
    found = [] if inspect.isabstract(base) else [base]
    return found + [c for cls in below for c in _concrete(cls)]
