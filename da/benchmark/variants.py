"""Variants of a method: the same file with another weight of its adaptation term."""

import inspect
from typing import Any


def parse_variant(method: str) -> tuple[str, float]:
    """Split ``dann@0.3`` into the method's file and the factor on its weight, 1 where absent.

    Raises:
        ValueError: If the factor is no positive number.
    """
    name, at, text = method.partition("@")
    try:
        factor = float(text) if at else 1.0
    except ValueError:
        factor = float("nan")
    if not 0 < factor < float("inf"):
        raise ValueError(
            f"a variant of a method is written such as {name}@0.3, with a positive factor on its "
            f"weight; got {method!r}"
        )
    return name, factor


def multiply_weight(model: dict[str, Any], factor: float) -> None:
    """Multiply the weight of the adaptation term in the settings of a method.

    Raises:
        ValueError: If the method has no such weight.
    """
    if factor == 1:
        return
    default = default_weight(model["class_path"])
    if default is None:
        raise ValueError(f"{model['class_path']} has no weight of an adaptation term to multiply")
    arguments = model.setdefault("init_args", {})
    arguments["weight"] = arguments.get("weight", default) * factor


def default_weight(class_path: str) -> float | None:
    """Return the default weight of a method's adaptation term, or None if it has no such weight."""
    from da.benchmark.method_files import imported  # which imports torch, and what imports this

    for cls in imported(class_path).__mro__:
        parameters = inspect.signature(cls.__init__).parameters if "__init__" in vars(cls) else {}
        if "weight" in parameters:
            return float(parameters["weight"].default)
    return None
