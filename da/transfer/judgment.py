"""A verdict with what the design could have found, so that silence is not taken for safety."""

import math
from dataclasses import dataclass

import numpy as np
from jaxtyping import Real

from da.transfer.paired import twc
from da.transfer.power import resolution
from da.transfer.verdict import Verdict, verdict


@dataclass(frozen=True)
class Judgment:
    """What a cell may claim, and how fine its design was.

    Attributes:
        verdict: What the cell may claim.
        half_width: Half the length of the 95% interval.
        detectable: Smallest true difference that would be found with a power of .8; NaN if
            nothing varied.
        materiality: Smallest loss that matters; declared before running.
    """

    verdict: Verdict
    half_width: float
    detectable: float
    materiality: float

    @property
    def adequate(self) -> bool:
        """Whether a loss that matters would have been found."""
        return self.detectable <= self.materiality

    @property
    def sentence(self) -> str:
        """What a report may say, with differences in percentage points."""
        if math.isnan(self.detectable):
            return f"{self.verdict.meaning} Nothing varied, so what could be found is unknown."
        found = f"a difference of {100 * self.detectable:.2f} points would be found 4 times in 5"
        return f"{self.verdict.meaning} The design: {found}."


def judge(
    differences: Real[np.ndarray, "seeds items"],
    *,
    holm_p: float | None = None,
    materiality: float = 0.01,
    weights: Real[np.ndarray, " items"] | None = None,
) -> Judgment:
    """Judge one cell by its two-way clustered intervals.

    Args:
        differences: Correctness of adapted minus reference, of each seed on each item.
        holm_p: Two-sided p-value of the cell, adjusted over the cells of its table; its own
            p-value if the cell stands alone.
        materiality: Smallest loss that matters, as a fraction; declared before running.
        weights: How much each item counts, mean 1.

    Raises:
        ValueError: If the differences allow no interval, or materiality is negative.
    """
    interval95 = twc(differences, weights=weights)
    interval90 = twc(differences, level=0.9, weights=weights)
    p = interval95.p if holm_p is None else holm_p
    half_width, detectable = resolution(interval95)
    word = verdict(interval95, interval90, p, materiality=materiality)
    return Judgment(word, half_width, detectable, materiality)
