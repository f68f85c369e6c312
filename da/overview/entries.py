"""One entry for each file in ``experiments/methods``: what its class says, and what it costs."""

import inspect
import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from da.benchmark.grid import folder
from da.benchmark.method_files import imported, names, path_of, settings_of
from da.benchmark.wording import method_name
from da.methods import DomainAdaptation
from da.overview.citation import Citation, cite

#: Families in the order in which they are listed; others come last.
FAMILIES = (
    "baselines",
    "statistics matching",
    "adversarial",
    "optimal transport",
    "target structure",
    "batch normalization",
    "partial label space",
    "combinations",
    "shallow",
)


@dataclass(frozen=True)
class Entry:
    """A method as a file in ``experiments/methods`` has it.

    Attributes:
        name: Of the file; what ``da bench --methods`` takes.
        written: As papers write it.
        method: The class that is trained.
        stating: The class that says what the method is: the baseline's where the file names one,
            else the one that is trained.
        class_path: Where that class is found.
        like: Classes whose weaknesses it shares, if it is no method of its own but a variant of
            one or a sum of several.
        paper: Nothing for what no paper proposed.
        cost: Step time over that of source-only: median, least and largest of the rounds; nothing
            where it was not measured.
    """

    name: str
    written: str
    method: type[DomainAdaptation]
    stating: Any
    class_path: str
    like: tuple[Any, ...]
    paper: Citation | None
    cost: tuple[float, float, float] | None

    @property
    def family(self) -> str:
        """What kind of method it is."""
        return str(self.stating.family)

    @property
    def settings(self) -> tuple[str, ...]:
        """Label spaces that it is made for."""
        return tuple(self.stating.settings)

    @property
    def assumes(self) -> str:
        """What has to hold of the classes for it to help, or as which methods' assumptions."""
        return self._as_others or str(self.stating.assumes)

    @property
    def hurts(self) -> str:
        """When it tends to do harm, or as which methods."""
        return self._as_others or str(self.stating.hurts)

    @property
    def _as_others(self) -> str:
        names = " and ".join(method_name(_file(cls)) for cls in self.like)
        return f"as {names}" if names else ""

    @property
    def path(self) -> Path:
        """The file."""
        return path_of(self.name)


def entries() -> list[Entry]:
    """Return all methods, by family and name.

    Raises:
        ValueError: If a file names a class that does not exist.
    """
    found = [find(name) for name in names()]
    order = {family: i for i, family in enumerate(FAMILIES)}
    return sorted(found, key=lambda e: (order.get(e.family, len(order)), e.family, e.name))


def find(name: str) -> Entry:
    """Return a method by the name of its file.

    Raises:
        ValueError: If there is no such file, or it names a class that does not exist.
    """
    settings = settings_of(name)
    options = settings.get("init_args") or {}
    method = _class(name, settings)
    stating = _class(name, options["baseline"]) if "baseline" in options else method
    own = stating is not method or method.__module__.rpartition(".")[2] == name
    docstring, comment = description(stating), comment_of(path_of(name))
    first, second = (docstring, comment) if own else (comment, docstring)
    terms = tuple(_class(name, term) for term in options.get("terms", ()))
    cost = measurement()["ratios"].get(name)
    return Entry(
        name=name,
        written=method_name(name),
        method=method,
        stating=stating,
        class_path=_path(options.get("baseline", settings)),
        like=() if own else terms or (method,),
        paper=cite(first) or cite(second),
        cost=tuple(cost) if cost else None,
    )


@cache
def measurement() -> dict[str, Any]:
    """Return the committed measurement of step times; without ratios if there is none."""
    path = folder("benchmarks") / "speed.json"
    measured: dict[str, Any] = json.loads(path.read_text()) if path.is_file() else {"ratios": {}}
    return measured


def description(cls: type) -> str:
    """Return the docstring of a class up to its arguments."""
    text = inspect.cleandoc(cls.__doc__ or "")
    return text.split("\nArgs:")[0].split("\nRaises:")[0].strip()


def comment_of(path: Path) -> str:
    """Return what the comments of a YAML file say."""
    lines = path.read_text().splitlines()
    return "\n".join(line.lstrip("# ") for line in lines if line.startswith("#"))


def _path(spec: Any) -> str:
    return str(spec["class_path"] if isinstance(spec, dict) else spec)


def _class(name: str, spec: Any) -> Any:
    path = _path(spec)
    try:
        return imported(path)
    except (ImportError, AttributeError, ValueError) as error:
        raise ValueError(
            f"{path_of(name)} names the class {path}, which cannot be imported ({error})"
        ) from error


def _file(cls: type) -> str:
    return cls.__module__.rpartition(".")[2]
