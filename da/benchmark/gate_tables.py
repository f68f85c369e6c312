"""Tables of how decisions of a gate turned out: for the terminal, Markdown and CSV."""

import csv
import io
import math
from collections.abc import Sequence
from dataclasses import asdict

import numpy as np
from jaxtyping import Bool
from rich.table import Table
from rich.text import Text

from da.benchmark.gate_effects import GateEffect
from da.benchmark.gate_outcomes import GRID, MATERIALITY, GateOutcome, HeldOut, needed
from da.benchmark.gate_records import GateCell
from da.benchmark.gate_wording import GateLine, gate_name
from da.benchmark.wording import method_name, percent, points, threshold
from da.transfer import Decision, gate

HEADER = (
    *("cells", "accept", "harm", "harmed targets", "limit", "harm of all"),
    *("gated", "always adapt", "never adapt", "missed gain"),
)

#: Columns of words.
_WORDS = ("thresholds", "open", "why")

LEGEND = (
    "A cell is a method on a task with a seed. Accept: share of cells in which adaptation is "
    f"accepted; harm: share of those with a loss of more than {threshold(MATERIALITY)} against "
    "source-only, and of all cells. Harmed targets: target domains with such a loss among those "
    "with an accepted cell; limit: one-sided 95 % limit of their rate. Then mean accuracies, and "
    "the mean gain that was refused, in points. All else is in percent."
)


def by_method(outcomes: Sequence[GateOutcome]) -> list[list[str]]:
    """Return the header and one row of text for each outcome, named as a method."""
    return [["method", *HEADER], *([method_name(o.name), *_numbers(o)] for o in outcomes)]


def by_gate(effects: Sequence[GateEffect]) -> list[list[str]]:
    """Return the header and one row of text for each gate."""
    header = ["gate", "cells", "shut", "harm where shut", "harm where open", "gain where shut"]
    return [
        header,
        *(
            [
                *(gate_name(e.name), str(e.cells), _share(e.shut), _share(e.harm_shut)),
                *(_share(e.harm_open), points(None if math.isnan(e.gain_shut) else e.gain_shut)),
            ]
            for e in effects
        ),
    ]


def by_dataset(rows: Sequence[HeldOut]) -> list[list[str]]:
    """Return the header and two rows of text for each held-out data set."""
    found = [["held out", "thresholds", *HEADER]]
    for row in rows:
        found.append([row.default.name, "default", *_numbers(row.default)])
        chosen = row.calibration.chosen
        label = "proof only" if chosen is None else f"no. {chosen + 1}"
        if row is rows[-1]:
            label = "each its own"
        found.append([row.calibrated.name, label, *_numbers(row.calibrated)])
    return found


def calibration_note(rows: Sequence[HeldOut], tolerated: float) -> str:
    """Say what the calibration chose from, and what it takes to choose at all."""
    return (
        f"Thresholds are chosen on the other data sets, from {len(GRID)} of decreasing looseness, "
        f"for at most {percent(tolerated)} % of targets harmed with 95 % confidence, which takes "
        f"{needed(tolerated)} targets without harm or more; in all there are "
        f"{rows[-1].default.targets}. Proof only: no threshold is known to be safe, and what is "
        f"accepted changed at most {percent(MATERIALITY)} % of the predictions."
    )


def markdown(rows: Sequence[HeldOut], *, tolerated: float = 0.10) -> str:
    """Return the evaluation on held-out data sets in Markdown, with its legend.

    Args:
        rows: What :func:`da.benchmark.gate_outcomes.held_out` returns.
        tolerated: The largest rate of harm that it was asked for.
    """
    note = f"{LEGEND} {calibration_note(rows, tolerated)}"
    return f"{markdown_table(by_dataset(rows))}\n{note}\n"


def markdown_table(rows: Sequence[Sequence[str]]) -> str:
    """Return rows of text, the first of which is the header, as a table in Markdown."""
    rule = ["---" if i == 0 or name in _WORDS else "---:" for i, name in enumerate(rows[0])]
    return "".join(f"| {' | '.join(row)} |\n" for row in (rows[0], rule, *rows[1:]))


def terminal(rows: Sequence[Sequence[str]], title: str) -> Table:
    """Return rows of text, the first of which is the header, as a table for the terminal."""
    table = Table(title=title, title_justify="left", box=None, padding=(0, 1, 0, 0))
    for i, name in enumerate(rows[0]):
        table.add_column(
            name, justify="right" if i and name not in _WORDS else "left", overflow="fold"
        )
    for row in rows[1:]:
        table.add_row(*map(Text, row))
    return table


def cells_csv(cells: Sequence[GateCell], accepted: Bool[np.ndarray, " cells"]) -> str:
    """Return one line for each cell: the decision, its evidence, and what would have come of it."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    names = ("suite", "dataset", "task", "method", "seed")
    known = next((asdict(c.evidence) for c in cells if c.evidence), {})
    writer.writerow([*names, "accept", "certified", "shut", *known, "adapted", "source_only"])
    for cell, accept in zip(cells, accepted.tolist(), strict=True):
        decision = gate(cell.evidence) if cell.evidence else Decision(False, False, ("no result",))
        values = asdict(cell.evidence).values() if cell.evidence else [None] * len(known)
        writer.writerow(
            [getattr(cell, name) for name in names]
            + [int(accept), int(decision.certified), " ".join(decision.shut)]
            + [_number(v) for v in values]
            + [f"{cell.adapted:.6f}", f"{cell.source_only:.6f}"]
        )
    return buffer.getvalue()


def lines_rows(lines: Sequence[GateLine]) -> list[list[str]]:
    """Return the header and one row of text for each gate of one decision."""
    header = ["gate", "value", "opens at", "open", "why"]
    return [header, *([g.name, *_told(g), g.why] for g in lines)]


def lines_csv(lines: Sequence[GateLine]) -> str:
    """Return one line for each gate of one decision."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerows(lines_rows(lines))
    return buffer.getvalue()


def _told(g: GateLine) -> list[str]:
    return [g.value, g.threshold, "yes" if g.passed else "no"]


def _numbers(o: GateOutcome) -> list[str]:
    trial, bound = o.trial, o.bound
    return [
        str(o.cells),
        percent(trial.acceptance),
        _share(trial.harm_rate),
        f"{bound.harmed}/{bound.targets}",
        _share(bound.upper),
        percent(trial.unguarded),
        percent(trial.gated),
        percent(trial.always),
        percent(trial.never),
        points(trial.missed_gain),
    ]


def _share(value: float) -> str:
    return percent(None if math.isnan(value) else value)


def _number(value: float | bool | None) -> str:
    if value is None or isinstance(value, bool):
        return "" if value is None else str(int(value))
    return "" if math.isnan(value) else f"{value:.6f}"
