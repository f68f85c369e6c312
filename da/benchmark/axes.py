"""Stress axes: five levels each, from the clean task to one on which adapting is likely to hurt."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

LEVELS = 5


class Level(NamedTuple):
    """A place on an axis, as a scenario's name has it: ``axis@number`` or ``axis@number.draw``."""

    axis: str
    number: int
    draw: int


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


@dataclass(frozen=True)
class Axis:
    """One way in which a transfer task gets harder.

    Attributes:
        meaning: What a level says, in words that finish "against ...".
        levels: What each level is, for tables and pictures.
        scenario: Class in :mod:`da.data`; none where the data stay as they are.
        arguments: Arguments of the scenario at each level; None where the task stays clean.
        draws: Whether levels are random draws, of which there may be several.
        keeps_source: Whether the labelled source stays as it is.
        weight_times: What the weight of the adaptation term is multiplied by at each level.
    """

    meaning: str
    levels: tuple[str, ...]
    scenario: str | None = None
    arguments: tuple[dict[str, Any] | None, ...] = (None,) * LEVELS
    draws: bool = False
    keeps_source: bool = True
    weight_times: tuple[float, ...] = (1.0,) * LEVELS

    def clean(self, number: int) -> bool:
        """Return whether this level is the task as it is."""
        return self.arguments[number] is None and self.weight_times[number] == 1

    def settings(self, level: Level) -> dict[str, Any]:
        """Return what a level sets of the data's arguments."""
        arguments = self.arguments[level.number]
        if self.scenario is None or arguments is None:
            return {}
        drawn = {"draw": level.draw} if self.draws else {}
        return {"scenario": {"class_path": self.scenario, "init_args": {**arguments, **drawn}}}


def _levels(name: str, values: Sequence[Any], **same: Any) -> tuple[dict[str, Any], ...]:
    return tuple({name: value, **same} for value in values)


_ALPHAS = (float("inf"), 10.0, 3.0, 1.0, 0.3)
_REMOVED = (0.0, 0.25, 0.5, 0.75, 0.9)

#: The axes by name. Concentrations of label shift are close to those of Garg et al., "RLSbench:
#: Domain Adaptation Under Relaxed Label Shift", ICML 2023, https://arxiv.org/abs/2302.03020.
AXES: Mapping[str, Axis] = {
    "label_shift": Axis(
        "Dirichlet concentration of the target's class prior",
        ("∞", "10", "3", "1", "0.3"),
        "da.data.LabelShift",
        _levels("alpha", _ALPHAS, alike=list(_ALPHAS)),
        draws=True,
    ),
    "partial": Axis(
        "share of the classes that the target lacks",
        ("0", "25 %", "50 %", "75 %", "90 %"),
        "da.data.Partial",
        _levels("removed", _REMOVED, alike=list(_REMOVED)),
        draws=True,
    ),
    "source_noise": Axis(
        "share of wrong source labels",
        ("0", "10 %", "20 %", "40 %", "60 %"),
        "da.data.SourceNoise",
        (None, *_levels("rate", (0.1, 0.2, 0.4, 0.6))),
        draws=True,
        keeps_source=False,
    ),
    "unrelated_source": Axis(
        "share of the source replaced by unrelated data",
        ("0", "25 %", "50 %", "75 %", "100 %"),
        "da.data.UnrelatedSource",
        (None, *_levels("share", (0.25, 0.5, 0.75, 1.0))),
        draws=True,
        keeps_source=False,
    ),
    "small_target": Axis(
        "unlabelled target samples",
        ("all", "1000", "300", "100", "30"),
        "da.data.SmallTarget",
        (None, *_levels("size", (1000, 300, 100, 30))),
    ),
    "over_adapt": Axis(
        "factor on the weight of the adaptation term",
        ("1", "3", "10", "30", "100"),
        weight_times=(1.0, 3.0, 10.0, 30.0, 100.0),
    ),
    "covariate": Axis(
        "severity with which the target is turned, or noisy if it is a table",
        ("0", "1", "2", "3", "4"),
        "da.data.Corruption",
        (None, *_levels("severity", (1, 2, 3, 4))),
    ),
    "spurious": Axis(
        "correlation of an attribute with the classes, reversed in the target",
        ("0", "0.3", "0.6", "0.8", "0.95"),
        "da.data.Spurious",
        _levels("correlation", (0.0, 0.3, 0.6, 0.8, 0.95)),
        draws=True,
        keeps_source=False,
    ),
}


def parse_level(scenario: str) -> Level | None:
    """Return the place on an axis that a scenario names, or None if it is no level of an axis.

    Raises:
        ValueError: If the axis or the level does not exist.
    """
    axis, at, place = scenario.partition("@")
    if not at:
        return None
    number, dot, draw = place.partition(".")
    if axis not in AXES:
        raise ValueError(f"there is no axis {axis!r}; there are {', '.join(AXES)}")
    whole = number.isdecimal() and (draw.isdecimal() if dot else True)
    if not whole or int(number) >= LEVELS or (dot and not AXES[axis].draws):
        draws = ", or such as 3.1 for another random draw" if AXES[axis].draws else ""
        raise ValueError(
            f"{axis} has the levels 0 to {LEVELS - 1}{draws}; got {scenario!r}, such as {axis}@3"
        )
    return Level(axis, int(number), int(draw or 0))


def place(task: Mapping[str, Any]) -> Place | None:
    """Return where the task of a record lies; None if it is on no axis."""
    pair, _, scenario = str(task["name"]).partition(":")
    level = parse_level(scenario)
    return None if level is None else Place(pair, *level)


def stress_tasks(
    pairs: Sequence[str], axes: Sequence[str] = tuple(AXES), draws: int = 1
) -> tuple[str, ...]:
    """Return the tasks of these axes: all levels, the random ones with several draws.

    The clean end of an axis is the same whatever the draw.

    Args:
        pairs: Such as ``fonts->uci``.
        axes: Names of axes.
        draws: Number of draws of label shift and of missing classes.

    Raises:
        ValueError: If there is no such axis.
    """
    for axis in axes:
        parse_level(f"{axis}@0")
    return tuple(
        f"{pair}:{axis}@{number}" + (f".{draw}" if draw else "")
        for pair in pairs
        for axis in axes
        for number in range(LEVELS)
        for draw in range(draws if number and axis in ("label_shift", "partial") else 1)
    )
