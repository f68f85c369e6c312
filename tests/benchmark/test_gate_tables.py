"""Tables of outcomes that can be computed by hand."""

import csv
import io
from dataclasses import replace

import numpy as np
from rich.console import Console

from da.benchmark import gate_tables as tables
from da.benchmark.gate_effects import gate_effects
from da.benchmark.gate_outcomes import held_out, outcomes_by
from da.benchmark.gate_records import GateCell, decide
from da.transfer import Evidence

SOUND = Evidence(0.3, 0.5, 0.0, 0.0, True, float("nan"), 100.0, 1.0, 1.0)
CELLS = [
    GateCell("s", "A", "A/x", "y->x", "dan", 0, SOUND, 0.6, 0.5),
    GateCell("s", "A", "A/x", "y->x", "dann", 0, replace(SOUND, margin=-1.0), 0.4, 0.5),
    GateCell("t", "B", "B/x", "y->x", "dan", 0, SOUND, 0.3, 0.5),
    GateCell("t", "B", "B/x", "y->x", "dann", 0, None, 0.1, 0.5),
]


def test_methods_by_hand():
    rows = tables.by_method(outcomes_by(lambda c: c.method, CELLS, decide(CELLS)))
    assert rows[1:] == [
        *(["DAN", "2", "100.0", "50.0", "1/2", "97.5", "50.0", "45.0", "45.0", "50.0", "0.0"],),
        *(["DANN", "2", "0.0", "–", "0/0", "–", "100.0", "50.0", "25.0", "50.0", "0.0"],),
        *(["all", "4", "50.0", "50.0", "1/2", "97.5", "75.0", "47.5", "35.0", "50.0", "0.0"],),
    ]
    assert {len(row) for row in rows} == {11}


def test_gates_by_hand():
    rows = {row[0][:2]: row[1:] for row in tables.by_gate(gate_effects(CELLS))}
    assert rows["G2"] == ["3", "33.3", "100.0", "50.0", "−10.0"]
    assert rows["G5"] == ["0", "–", "–", "–", "–"]


def test_held_out_data_sets_in_markdown():
    text = tables.markdown(held_out(CELLS))
    lines = text.splitlines()
    assert lines[0].startswith("| held out | thresholds | cells | accept | harm |")
    assert lines[1].startswith("| --- | --- | ---: |")
    assert [line.split(" | ")[:2] for line in lines[2:8]] == [
        *(["| A", "default"], ["| A", "proof only"], ["| B", "default"], ["| B", "proof only"]),
        *(["| all", "default"], ["| all", "each its own"]),
    ]
    assert "takes 44 targets without harm or more; in all there are 2." in text


def test_a_narrow_terminal_hides_nothing():
    screen = io.StringIO()
    table = tables.terminal(tables.by_dataset(held_out(CELLS)), "held out")
    Console(file=screen, width=80).print(table)
    assert "…" not in screen.getvalue()


def test_one_line_for_each_cell():
    rows = list(csv.DictReader(io.StringIO(tables.cells_csv(CELLS, decide(CELLS)))))
    assert [row["accept"] for row in rows] == ["1", "0", "1", "0"]
    assert rows[0]["shut"] == "certificate accuracy_guard"
    assert (rows[0]["disagreement"], rows[0]["estimated_gain"]) == ("0.300000", "")
    assert (rows[3]["shut"], rows[3]["margin"], rows[3]["adapted"]) == ("no result", "", "0.100000")
    nothing = tables.cells_csv(CELLS[3:], np.zeros(1, bool))
    assert nothing.splitlines()[1] == "t,B,y->x,dann,0,0,0,no result,0.100000,0.500000"
