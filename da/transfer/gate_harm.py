"""How often what a gate accepts does harm, at most."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from jaxtyping import Bool

from da.transfer.rate import clopper_pearson


class HarmBound(NamedTuple):
    """Targets with an accepted cell, and on how many of them one did harm.

    Attributes:
        harmed: Targets with an accepted cell that was harmed.
        targets: Targets with an accepted cell.
        upper: One-sided upper limit of the rate of harmed targets; NaN if there are none.
    """

    harmed: int
    targets: int
    upper: float


def harm_bound(
    accepted: Bool[np.ndarray, " cells"],
    harmed: Bool[np.ndarray, " cells"],
    targets: Sequence[str],
    *,
    confidence: float = 0.95,
) -> HarmBound:
    """Bound the rate of harm by the exact limit of Clopper and Pearson, target by target.

    Cells of one target domain share its difficulties, so that they count as one trial, harmed if
    any accepted cell is.

    Args:
        accepted: Whether adaptation is accepted in each cell.
        harmed: Whether adaptation lost more than matters in each cell.
        targets: Target domain of each cell.
        confidence: Probability that the limit holds, in (0.5, 1).
    """
    names = np.asarray(targets)
    trials, bad = len(set(names[accepted])), len(set(names[accepted & harmed]))
    upper = clopper_pearson(bad, trials, 2 * confidence - 1)[1] if trials else float("nan")
    return HarmBound(bad, trials, upper)
