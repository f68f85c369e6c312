"""The axes of stress: what their levels are called, and where on them a task lies."""

import re
from collections.abc import Mapping
from typing import Any, NamedTuple


class Axis(NamedTuple):
    """One way to make transfer harder, from the clean task on.

    Attributes:
        levels: What each level is called.
        meaning: What those names are, in one line.
    """

    levels: tuple[str, ...]
    meaning: str


#: The axes in the order of tables and figures.
AXES: Mapping[str, Axis] = {
    "label_shift": Axis(
        ("∞", "10", "3", "1", "0.3"), "concentration α of the target's Dirichlet class prior"
    ),
    "partial": Axis(("0", "0.25", "0.5", "0.75", "0.9"), "share of classes the target lacks"),
    "source_noise": Axis(("0", "0.1", "0.2", "0.4", "0.6"), "share of source labels flipped"),
    "unrelated_source": Axis(
        ("0", "0.25", "0.5", "0.75", "1"), "share of the source replaced by unrelated data"
    ),
    "small_target": Axis(
        ("all", "1000", "300", "100", "30"), "number of unlabelled target samples"
    ),
    "over_adapt": Axis(("1", "3", "10", "30", "100"), "factor on the weight of adaptation"),
    "covariate": Axis(("0", "1", "2", "3", "4"), "severity of the target's corruption"),
    "spurious": Axis(
        ("0", "0.3", "0.6", "0.8", "0.95"), "correlation of an attribute, reversed in the target"
    ),
}


class Place(NamedTuple):
    """Where on an axis a task lies.

    Attributes:
        pair: The transfer task without its stress, such as ``fonts->uci``.
        axis: Name of the axis.
        level: Level from 0, the clean end.
        draw: Number of the random draw of that level.
    """

    pair: str
    axis: str
    level: int
    draw: int


def place(task: Mapping[str, Any]) -> Place | None:
    """Return where the task of a record lies; None if it is on no axis."""
    name = str(task["name"])
    pair, _, scenario = name.partition(":")
    if task.get("axis") is not None:
        return Place(pair, task["axis"], int(task["level"]), int(task.get("draw") or 0))
    found = re.fullmatch(r"(\w+)@(\d+)(?:\.(\d+))?", scenario)
    if found is None:
        return None
    return Place(pair, found[1], int(found[2]), int(found[3] or 0))


def axis_of(name: str) -> Axis:
    """Return an axis by name; one that is not known has five levels with numbers for names."""
    return AXES.get(name, Axis(tuple("01234"), "level"))
