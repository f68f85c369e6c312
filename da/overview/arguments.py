"""The arguments of a method, with defaults and meanings."""

import functools
import inspect
import re
from dataclasses import dataclass
from typing import Any

from da.methods import DomainAdaptation


@dataclass(frozen=True)
class Argument:
    """An option of a method.

    Attributes:
        name: As in YAML, below ``model.init_args``.
        default: As one would write it in YAML; empty if the option must be given.
        meaning: From the docstring.
    """

    name: str
    default: str
    meaning: str


def arguments(cls: type) -> list[Argument]:
    """Return the options of a method, its own first; those of every method are left out.

    Args:
        cls: A class whose constructor hands on ``**kwargs`` to that of its base.
    """
    found: dict[str, Argument] = {}
    for base in cls.__mro__:
        if base in (DomainAdaptation, object):
            break
        constructor = vars(base).get("__init__")
        if constructor is None:
            continue
        meanings = _meanings(base)
        parameters = list(inspect.signature(constructor).parameters.values())[1:]
        for p in parameters:
            if p.kind not in (p.VAR_KEYWORD, p.VAR_POSITIONAL) and p.name not in _COMMON:
                meaning = meanings.get(p.name, "")
                found.setdefault(p.name, Argument(p.name, _text(p.default), meaning))
        if not any(p.kind == p.VAR_KEYWORD for p in parameters):
            break
    return list(found.values())


#: What every method has, which the data or ``da fit --help`` tell of.
_COMMON = frozenset(inspect.signature(DomainAdaptation.__init__).parameters)


def _meanings(cls: type) -> dict[str, str]:
    """Return the texts of a docstring's arguments by their names."""
    _, _, section = inspect.cleandoc(cls.__doc__ or "").partition("\nArgs:\n")
    section = re.split(r"\n\n\S", section)[0]
    texts = re.findall(r"^ {4}(\w+): (.*(?:\n {8}.*)*)", section, re.M)
    return {name: " ".join(text.split()) for name, text in texts}


def _text(value: Any) -> str:
    if value is inspect.Parameter.empty:
        return ""
    if value is None:
        return "null"
    if isinstance(value, functools.partial):
        given = ", ".join(f"{k}={_text(v)}" for k, v in value.keywords.items())
        return f"{value.func.__name__}({given})"
    if callable(value):
        return f"{value.__module__}.{value.__qualname__}"
    return str(value).lower() if isinstance(value, bool) else str(value)
