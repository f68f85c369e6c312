"""Whether each gate by itself tells harm from gain, where labels are known."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from da.benchmark.gate_outcomes import MATERIALITY, accuracies
from da.benchmark.gate_records import GateCell
from da.transfer import gates, harms, known_gates


@dataclass(frozen=True)
class GateEffect:
    """What one gate tells apart among the cells in which it is known, whatever the others say.

    Attributes:
        name: Of the gate.
        cells: Number of cells in which what it looks at was recorded.
        shut: Share of them in which it is shut.
        harm_shut: Rate of harm by adapting where it is shut; NaN if it never is.
        harm_open: Rate of harm by adapting where it is open; NaN if it never is.
        gain_shut: Mean gain of adapting where it is shut; NaN if it never is.
    """

    name: str
    cells: int
    shut: float
    harm_shut: float
    harm_open: float
    gain_shut: float


def gate_effects(cells: Sequence[GateCell]) -> list[GateEffect]:
    """Say of each gate, with the default thresholds, how often it is shut and what that tells.

    Args:
        cells: The cells; those without a result are left out.
    """
    states = [(gates(c.evidence), known_gates(c.evidence)) for c in cells if c.evidence]
    adapted, source_only = accuracies([c for c in cells if c.evidence])
    harmed, gain = harms(adapted, source_only, MATERIALITY), adapted - source_only
    effects = []
    for name in states[0][0] if states else ():
        known = np.array([is_known[name] for _, is_known in states])
        opened = np.array([is_open[name] for is_open, _ in states])
        shut = known & ~opened
        effects.append(
            GateEffect(
                name,
                int(known.sum()),
                _mean(shut[known]),
                _mean(harmed[shut]),
                _mean(harmed[known & opened]),
                _mean(gain[shut]),
            )
        )
    return effects


def _mean(values: np.ndarray) -> float:
    return float(values.mean()) if len(values) else float("nan")
