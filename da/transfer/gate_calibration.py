"""Thresholds of a gate whose rate of harm is bounded with confidence."""

from collections.abc import Callable, Sequence
from typing import NamedTuple, TypeVar

import numpy as np
from jaxtyping import Bool
from scipy import stats

from da.transfer.gate_harm import harm_bound
from da.transfer.significance import holm


class Calibrated(NamedTuple):
    """A threshold with what it lets through among the calibration cells.

    Attributes:
        chosen: Position in the grid; None if no threshold is safe enough.
        clusters: Targets with an accepted cell.
        harmed: Targets with an accepted cell that was harmed.
        upper: One-sided upper limit of the rate of harm, of this threshold by itself.
    """

    chosen: int | None
    clusters: int
    harmed: int
    upper: float


def calibrate_gate(
    accepted: Sequence[Bool[np.ndarray, " cells"]],
    harmed: Bool[np.ndarray, " cells"],
    targets: Sequence[str],
    *,
    tolerated: float = 0.10,
    confidence: float = 0.95,
) -> Calibrated:
    """Choose the loosest threshold whose rate of harm is bounded.

    Angelopoulos et al., *Learn then Test: Calibrating Predictive Algorithms to Achieve Risk
    Control*, Ann. Appl. Stat. 2025. https://arxiv.org/abs/2110.01052

    Each threshold is tested for a rate above the tolerated one by the exact binomial test, and
    the grid is corrected by Holm: choosing among many would else find a safe one by luck. For a
    grid of one this asks that the Clopper-Pearson limit be at most the tolerated rate, which
    takes 29 accepted targets without harm at 0.10.

    Args:
        accepted: For each threshold of the grid, whether it accepts each cell.
        harmed: Whether adaptation lost more than the materiality in each cell.
        targets: Target domain of each cell. Cells of one target count as one trial, harmed if any
            accepted cell is.
        tolerated: Largest rate of harm, in (0, 1).
        confidence: Probability that the rate is bounded, in (0.5, 1).

    Returns:
        The threshold that accepts the most cells of those that are safe; of equals the first.

    Raises:
        ValueError: If the grid is empty, lengths differ, or a rate is out of range.
    """
    if not accepted or any(not len(a) == len(harmed) == len(targets) for a in accepted):
        raise ValueError(
            f"each of at least 1 threshold accepts or refuses each cell; got "
            f"{[len(a) for a in accepted]} decisions for {len(harmed)} cells and {len(targets)} "
            f"targets"
        )
    if not (0 < tolerated < 1 and 0.5 < confidence < 1):
        raise ValueError(
            f"a tolerated rate is in (0, 1) and a confidence in (0.5, 1); got "
            f"tolerated={tolerated}, confidence={confidence}"
        )
    bounds = [harm_bound(a, harmed, targets, confidence=confidence) for a in accepted]
    adjusted = holm(np.array([stats.binom.cdf(b.harmed, b.targets, tolerated) for b in bounds]))
    safe = [i for i, p in enumerate(adjusted) if p <= 1 - confidence + 1e-12]
    if not safe:
        return Calibrated(None, 0, 0, float("nan"))
    index = max(safe, key=lambda i: (int(accepted[i].sum()), -i))
    bound = bounds[index]
    return Calibrated(index, bound.targets, bound.harmed, bound.upper)


Fitted = TypeVar("Fitted")


def leave_one_dataset_out(
    datasets: Sequence[str],
    fit: Callable[[Bool[np.ndarray, " cells"]], Fitted],
    decide: Callable[[Fitted, Bool[np.ndarray, " cells"]], Bool[np.ndarray, " held"]],
) -> Bool[np.ndarray, " cells"]:
    """Decide on each dataset by a gate that was calibrated on the others.

    Args:
        datasets: Dataset of each cell.
        fit: Calibrates a gate on the cells that are True in a mask.
        decide: Applies that gate to the cells that are True in another mask, in their order.

    Returns:
        Whether adaptation is accepted in each cell.

    Raises:
        ValueError: If there are fewer than two datasets.
    """
    names = np.asarray(datasets)
    if len(set(datasets)) < 2:
        raise ValueError(
            f"leaving one dataset out needs at least 2 datasets; got {sorted(set(datasets))}"
        )
    accepted = np.zeros(len(names), bool)
    for name in np.unique(names):
        held = names == name
        accepted[held] = decide(fit(~held), held)
    return accepted
