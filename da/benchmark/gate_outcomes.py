"""How decisions of a gate turned out, where labels are known."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float

from da.benchmark.gate_records import GateCell, decide
from da.transfer import (
    Calibrated,
    GateTrial,
    HarmBound,
    Thresholds,
    calibrate_gate,
    certificate_only,
    gate_trial,
    harm_bound,
    harms,
    leave_one_dataset_out,
)

#: Smallest loss of accuracy that counts as harm, as a fraction.
MATERIALITY = 0.01

#: Thresholds to choose from, from the loosest on: without the guard of the prior, the defaults, and
#: with ever larger margins. Few, for each must be tested.
GRID = (
    Thresholds(prior_shift=1.0),
    Thresholds(),
    Thresholds(margin=0.05),
    Thresholds(margin=0.1, disagreement=0.01),
    Thresholds(margin=0.2, disagreement=0.01),
)


@dataclass(frozen=True)
class GateOutcome:
    """Decisions of one gate on some cells.

    Attributes:
        name: What the cells have in common, such as their method.
        cells: Number of cells.
        targets: Number of their target domains.
        trial: Rates and mean accuracies.
        bound: Targets harmed among those with an accepted cell, with the limit of the rate.
    """

    name: str
    cells: int
    targets: int
    trial: GateTrial
    bound: HarmBound


@dataclass(frozen=True)
class HeldOut:
    """A data set that the thresholds have not seen.

    Attributes:
        default: Outcome with the default thresholds.
        calibrated: Outcome with thresholds that were calibrated on the other data sets.
        calibration: What was chosen there.
    """

    default: GateOutcome
    calibrated: GateOutcome
    calibration: Calibrated


def outcome(
    name: str,
    cells: Sequence[GateCell],
    accepted: Bool[np.ndarray, " cells"],
) -> GateOutcome:
    """Say how decisions turned out; each cell counts once.

    Args:
        name: What the cells have in common.
        cells: The cells, at least one.
        accepted: Whether adaptation is accepted in each.
    """
    adapted, source_only = accuracies(cells)
    targets = [cell.target for cell in cells]
    return GateOutcome(
        name,
        len(cells),
        len(set(targets)),
        gate_trial(accepted, adapted, source_only, materiality=MATERIALITY),
        harm_bound(accepted, harms(adapted, source_only, MATERIALITY), targets),
    )


def outcomes_by(
    group: Callable[[GateCell], str],
    cells: Sequence[GateCell],
    accepted: Bool[np.ndarray, " cells"],
) -> list[GateOutcome]:
    """Say how decisions turned out in each group of cells, and last over all of them.

    Args:
        group: Returns the name of a cell's group, such as its method.
        cells: The cells.
        accepted: Whether adaptation is accepted in each.
    """
    names = np.array([group(cell) for cell in cells])
    rows = []
    for name in sorted(set(names.tolist())):
        chosen = names == name
        some = [c for c, is_in in zip(cells, chosen, strict=True) if is_in]
        rows.append(outcome(name, some, accepted[chosen]))
    return [*rows, outcome("all", cells, accepted)]


def held_out(cells: Sequence[GateCell], *, tolerated: float = 0.10) -> list[HeldOut]:
    """Evaluate the gate on each data set with thresholds that were calibrated on all others.

    Where no threshold is safe enough, only what cannot harm is accepted: so few predictions changed
    that the loss is at most what matters.

    Args:
        cells: Cells of at least two data sets.
        tolerated: Largest rate of harm, in (0, 1).

    Returns:
        One entry for each data set, and last one over all of them, whose calibration is that of all
        cells.

    Raises:
        ValueError: If there are fewer than two data sets, or the rate is out of range.
    """
    grid = [decide(cells, thresholds) for thresholds in GRID]
    proven = decide(cells, certificate_only(MATERIALITY))
    harmed = harms(*accuracies(cells), MATERIALITY)
    targets = np.array([cell.target for cell in cells])
    fitted: dict[str, Calibrated] = {}

    def fit(others: Bool[np.ndarray, " cells"]) -> Calibrated:
        return calibrate_gate(
            [accepted[others] for accepted in grid],
            harmed[others],
            targets[others].tolist(),
            tolerated=tolerated,
        )

    def apply(
        calibrated: Calibrated, held: Bool[np.ndarray, " cells"]
    ) -> Bool[np.ndarray, " held"]:
        fitted[cells[int(np.flatnonzero(held)[0])].dataset] = calibrated
        return (proven if calibrated.chosen is None else grid[calibrated.chosen])[held]

    accepted = leave_one_dataset_out([c.dataset for c in cells], fit, apply)
    rows = [
        outcomes_by(lambda cell: cell.dataset, cells, decisions)
        for decisions in (decide(cells), accepted)
    ]
    fitted["all"] = fit(np.ones(len(cells), dtype=bool))
    return [HeldOut(d, c, fitted[d.name]) for d, c in zip(*rows, strict=True)]


def needed(tolerated: float, confidence: float = 0.95) -> int:
    """Return how many targets without harm it takes for the first threshold of the grid."""
    return int(np.ceil(np.log((1 - confidence) / len(GRID)) / np.log(1 - tolerated)))


def accuracies(
    cells: Sequence[GateCell],
) -> tuple[Float[np.ndarray, " cells"], Float[np.ndarray, " cells"]]:
    """Return the accuracies of the adapted models and of source-only."""
    return np.array([c.adapted for c in cells]), np.array([c.source_only for c in cells])
