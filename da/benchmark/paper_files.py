"""Files of published settings: what may stand in them, and their smaller versions."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from da.benchmark.grid import folder, merge, unknown

_KEYS = {
    "title": str,
    "citation": str,
    "url": str,
    "published": dict,
    "selection": str,
    "data": str,
    "tasks": dict,
    "methods": dict,
}
_OPTIONAL = {
    "config": dict,
    "seeds": list,
    "checkpoints": int,
    "draws": dict,
    "needs": str,
    "notes": list,
    "reduced": dict,
}
#: What the smaller version may say; the first it must.
_REDUCED = (
    *("because", "config", "seeds", "draws", "checkpoints"),
    *("methods", "tasks", "grids", "exceptions", "ablations", "comparable"),
)


def papers() -> list[str]:
    """Return the names of all published settings."""
    return sorted(path.stem for path in (folder("experiments") / "papers").glob("*.yaml"))


def location(name: str) -> Path:
    """Return the file of a published setting."""
    return folder("experiments") / "papers" / f"{name}.yaml"


def read(name: str) -> dict[str, Any]:
    """Read the file and check what stands in it.

    Raises:
        ValueError: If there is no such file, or it lacks something or says what is not known.
    """
    if name not in papers():
        raise ValueError(unknown("published setting", name, papers()))
    content: dict[str, Any] = yaml.safe_load(location(name).read_text())
    missing = [key for key in _KEYS if key not in content]
    if missing:
        raise ValueError(f"{location(name)} does not say its {', '.join(missing)}")
    for key, value in content.items():
        kind = {**_KEYS, **_OPTIONAL}.get(key)
        if kind is None:
            raise ValueError(f"{location(name)}: {unknown('entry', key, {**_KEYS, **_OPTIONAL})}")
        if not isinstance(value, kind):
            raise ValueError(
                f"the entry {key} of {location(name)} must be a {kind.__name__}; got {value!r}"
            )
    smaller = content.get("reduced", {"because": ""})
    if wrong := [key for key in smaller if key not in _REDUCED]:
        raise ValueError(f"reduced in {location(name)}: {unknown('entry', wrong[0], _REDUCED)}")
    if "because" not in smaller:
        raise ValueError(f"reduced in {location(name)} does not say because of what it is smaller")
    return content


def ablated(
    content: Mapping[str, Any], small: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the content and its smaller version with the ablations of the latter as methods.

    An ablation is a method of the setting with something else, on single tasks too: it shows what
    a number depends on, and has none to be compared with.

    Raises:
        ValueError: If there is no such method, or an ablation says what is not known.
    """
    methods, exceptions = dict(content["methods"]), dict(small.get("exceptions", {}))
    for name, entry in small.get("ablations", {}).items():
        if {"of", "config"} - set(entry) or set(entry) - {"of", "config", "tasks"}:
            raise ValueError(
                f"the ablation {name} says of and config, and may say tasks; got {', '.join(entry)}"
            )
        of = entry["of"]
        if of not in content["methods"]:
            raise ValueError(unknown("method to make an ablation of", of, content["methods"]))
        methods[name] = {k: v for k, v in (methods[of] or {}).items() if k != "published"}
        inherited = exceptions.get(of, {})
        tasks = {t: merge(own, entry["config"]) for t, own in inherited.get("tasks", {}).items()}
        exceptions[name] = merge(inherited, {**entry["config"], "tasks": tasks})
    return {**content, "methods": methods}, {**small, "exceptions": exceptions}
