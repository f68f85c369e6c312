"""Outcomes by hand, and thresholds that are calibrated on the other data sets."""

import math
from dataclasses import replace

import numpy as np
import pytest

from da.benchmark import gate_outcomes
from da.benchmark.gate_effects import gate_effects
from da.benchmark.gate_outcomes import held_out, needed, outcome, outcomes_by
from da.benchmark.gate_records import GateCell, decide
from da.transfer import Evidence, Thresholds, calibrate_gate

SOUND = Evidence(0.3, 0.5, 0.0, 0.0, True, float("nan"), 100.0, 1.0, 1.0)


def cell(target, delta, *, method="dan", dataset="Digits", **evidence):
    return GateCell(
        "digits", dataset, f"{dataset}/{target}", f"a->{target}", method, 0,
        replace(SOUND, **evidence), 0.5 + delta, 0.5,
    )  # fmt: skip


CELLS = [
    cell("uci", 0.1),
    cell("uci", -0.1),
    cell("fonts", 0.2, margin=-0.1),
    cell("fonts", -0.3, method="dann", margin=-0.1),
]


def test_one_group_by_hand():
    found = outcome("all", CELLS, decide(CELLS))
    assert (found.cells, found.targets) == (4, 2)
    assert found.trial.acceptance == found.trial.harm_rate == found.trial.unguarded == 0.5
    assert found.trial.gated == pytest.approx(0.5)
    assert found.trial.always == pytest.approx(0.475)
    assert found.trial.missed_gain == pytest.approx(0.05)
    assert found.bound[:2] == (1, 1)


def test_groups_come_by_name_and_all_of_them_last():
    rows = outcomes_by(lambda c: c.method, CELLS, decide(CELLS))
    assert [(r.name, r.cells) for r in rows] == [("dan", 3), ("dann", 1), ("all", 4)]
    assert math.isnan(rows[1].trial.harm_rate)


def test_a_gate_by_itself():
    effects = {e.name: e for e in gate_effects([*CELLS, replace(CELLS[0], evidence=None)])}
    margin = effects["validator_margin"]
    assert (margin.cells, margin.shut, margin.harm_shut, margin.harm_open) == (4, 0.5, 0.5, 0.5)
    assert margin.gain_shut == pytest.approx(-0.05)
    assert effects["accuracy_guard"].cells == 0
    assert math.isnan(effects["accuracy_guard"].shut)
    assert effects["data_guard"].shut == 0
    assert math.isnan(effects["data_guard"].harm_shut)


def suites(harmful_margin):
    """Return two data sets of 60 targets; adapting harms at margins up to some."""
    margins = [0.0, 0.06, 0.15, 0.3]
    return [
        cell(
            str(i),
            -0.1 if margin <= harmful_margin else 0.1,
            dataset=dataset,
            margin=margin,
            prior_shift=0.5 * (i % 2),
        )
        for dataset in ("a", "b")
        for i in range(60)
        for margin in margins
    ]


def test_each_data_set_is_decided_by_thresholds_of_the_other(monkeypatch):
    cells = suites(0.1)
    cells[0] = replace(cells[0], dataset="a", adapted=0.9)
    seen = []

    def spy(accepted, harmed, targets, **options):
        seen.append({t[0] for t in targets})
        return calibrate_gate(accepted, harmed, targets, **options)

    monkeypatch.setattr(gate_outcomes, "calibrate_gate", spy)
    rows = held_out(cells, tolerated=0.2)
    assert [r.default.name for r in rows] == ["a", "b", "all"]
    assert seen == [{"b"}, {"a"}, {"a", "b"}]


def test_the_loosest_thresholds_without_harm_are_found():
    rows = held_out(suites(0.1), tolerated=0.2)
    assert [gate_outcomes.GRID[r.calibration.chosen].margin for r in rows] == [0.1] * 3
    assert rows[-1].calibrated.trial.harm_rate == 0
    assert rows[-1].calibrated.trial.acceptance == 0.25  # two margins, of half the targets
    assert rows[-1].default.trial.harm_rate == 0.5


def test_too_few_targets_leave_what_is_proven():
    cells = [
        cell(str(i), 0.1, dataset=d, disagreement=0.01 if i else 0.3)
        for d in ("a", "b")
        for i in range(4)
    ]
    rows = held_out(cells)
    assert [r.calibration.chosen for r in rows] == [None] * 3
    assert rows[-1].calibrated.trial.acceptance == 0.75
    assert rows[-1].default.trial.acceptance == 1


def test_one_data_set_cannot_be_held_out():
    with pytest.raises(ValueError, match=r"at least 2 datasets; got \['Digits'\]"):
        held_out(CELLS)


@pytest.mark.parametrize("tolerated", [0.1, 0.3])
def test_so_many_targets_are_needed_and_no_fewer(tolerated):
    def chosen(n):
        everything = [np.ones(n, bool)] * len(gate_outcomes.GRID)
        names = [str(i) for i in range(n)]
        return calibrate_gate(everything, np.zeros(n, bool), names, tolerated=tolerated).chosen

    assert chosen(needed(tolerated)) is not None
    assert chosen(needed(tolerated) - 1) is None


def test_the_grid_holds_the_defaults_and_grows_stricter():
    assert Thresholds() in gate_outcomes.GRID
    cells = suites(0.1)
    accepted = [decide(cells, thresholds).sum() for thresholds in gate_outcomes.GRID]
    assert accepted == sorted(accepted, reverse=True)
    assert len(set(accepted)) == len(accepted)
