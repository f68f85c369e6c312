"""How a gate fared on tasks whose target labels are known."""

from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Real


class GateTrial(NamedTuple):
    """Outcome of a gate over many cells, such as those of held-out datasets.

    Attributes:
        acceptance: Share of cells in which adaptation was accepted.
        harm_rate: Share of the accepted cells with a loss that matters; NaN if none was accepted.
        unguarded: Share of all cells with a loss that matters.
        gated: Mean accuracy with the gate: adapted where accepted, else source-only.
        always: Mean accuracy of the adapted models.
        never: Mean accuracy of source-only.
        missed_gain: Mean over all cells of the gain that was refused; losses refused do not count.
        oracle: Mean accuracy of the better of the two in each cell.
    """

    acceptance: float
    harm_rate: float
    unguarded: float
    gated: float
    always: float
    never: float
    missed_gain: float
    oracle: float


def harms(
    adapted: Real[np.ndarray, " cells"],
    source_only: Real[np.ndarray, " cells"],
    materiality: float = 0.01,
) -> Bool[np.ndarray, " cells"]:
    """Return in which cells adaptation lost more than matters.

    Args:
        adapted: Accuracy of the adapted model in each cell, a fraction.
        source_only: Accuracy of source-only.
        materiality: Smallest loss that matters, as a fraction.
    """
    delta = np.asarray(adapted, np.float64) - source_only
    return delta < -materiality - 1e-12  # .69 - .70 is not a loss of more than .01


def gate_trial(
    accepted: Bool[np.ndarray, " cells"],
    adapted: Real[np.ndarray, " cells"],
    source_only: Real[np.ndarray, " cells"],
    *,
    materiality: float = 0.01,
) -> GateTrial:
    """Evaluate decisions of a gate whose thresholds were set on other datasets.

    Args:
        accepted: Whether the gate accepted adaptation in each cell.
        adapted: Accuracy of the adapted model in each cell, a fraction.
        source_only: Accuracy of source-only.
        materiality: Smallest loss that matters, as a fraction.

    Raises:
        ValueError: If there are no cells, the three differ in length, or materiality is negative.
    """
    if not len(accepted) == len(adapted) == len(source_only) > 0:
        raise ValueError(
            f"a trial needs a decision and two accuracies for each of at least 1 cell; got "
            f"{len(accepted)}, {len(adapted)} and {len(source_only)}"
        )
    if materiality < 0:
        raise ValueError(f"materiality is at least 0; got {materiality}")
    delta = np.asarray(adapted, np.float64) - source_only
    harmed = harms(adapted, source_only, materiality)
    return GateTrial(
        acceptance=float(accepted.mean()),
        harm_rate=float(harmed[accepted].mean()) if accepted.any() else float("nan"),
        unguarded=float(harmed.mean()),
        gated=float(np.where(accepted, adapted, source_only).mean()),
        always=float(np.mean(adapted)),
        never=float(np.mean(source_only)),
        missed_gain=float(np.where(accepted, 0.0, np.maximum(delta, 0)).mean()),
        oracle=float(np.maximum(adapted, source_only).mean()),
    )
