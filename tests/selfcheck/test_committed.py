import json
import lzma
from dataclasses import replace

import pytest

from da.benchmark.cells import Cell
from da.selfcheck import committed
from da.transfer import Interval


@pytest.fixture
def results(tmp_path, monkeypatch):
    monkeypatch.setattr(committed, "folder", lambda name: tmp_path)
    return tmp_path / "results"


@pytest.mark.parametrize(
    "check",
    [
        committed.source_only_is_as_published,
        committed.halves_do_not_differ,
        committed.every_method_gains_somewhere,
        committed.errors_are_above_the_floor,
    ],
)
def test_without_results_nothing_is_claimed(check, results):
    assert check([], 1).passed is None


@pytest.mark.parametrize(("errors", "passed"), [(0.5, True), (0.39, False)])
def test_an_error_below_the_floor_is_a_bug(errors, passed, results):
    (results / "suite").mkdir(parents=True)
    record = {"run_id": "r", "metrics": {"floor": {"errors": errors, "floor": 0.4}}}
    lines = json.dumps(record) + "\n" + json.dumps({"run_id": "f", "metrics": None}) + "\n"
    (results / "suite" / "records.jsonl.xz").write_bytes(lzma.compress(lines.encode()))
    (results / "suite" / "splits.json").write_text("{}")
    outcome = committed.errors_are_above_the_floor([], 1)
    assert outcome.passed is passed
    assert outcome.evidence == ("1 committed records" if passed else "below the floor: runs r")


def digit_cells(monkeypatch, *cells):
    monkeypatch.setattr(committed, "_digits", lambda: list(cells))


def interval(gain, p):
    return Interval(gain, gain - 0.01, gain + 0.01, p, 9.0)


def test_a_difference_between_halves_is_found(monkeypatch):
    calm = Cell("s", "dan", "uci->uci:halves", "halves", delta=interval(0.0, 0.5))
    digit_cells(monkeypatch, calm, replace(calm, method="mcc", delta=interval(0.0, 0.03)))
    assert committed.halves_do_not_differ([], 1).passed
    digit_cells(monkeypatch, calm, replace(calm, method="mcc", delta=interval(0.03, 0.001)))
    assert committed.halves_do_not_differ([], 1).evidence.endswith("2 tests: MCC")


def test_a_known_difference_is_told_and_has_to_be_one(monkeypatch):
    calm = Cell("s", "dan", "uci->uci:halves", "halves", delta=interval(0.0, 0.5))
    known = replace(calm, method="deep_jdot", delta=interval(-0.02, 0.001))
    digit_cells(monkeypatch, calm, known)
    outcome = committed.halves_do_not_differ([], 1)
    assert outcome.passed
    assert outcome.evidence.startswith("1 methods on halves of one domain; DeepJDOT differs: ")
    digit_cells(monkeypatch, calm, replace(known, delta=interval(-0.02, 0.4)))
    assert not committed.halves_do_not_differ([], 1).passed


def test_a_method_that_gains_nowhere_is_suspect(monkeypatch):
    loss = Cell("s", "dan", "a->b", "plain", delta=interval(-0.1, 0.5))
    shifted = replace(loss, scenario="partial", delta=interval(0.2, 0.01))
    digit_cells(monkeypatch, loss, shifted, replace(loss, method="mcc", delta=interval(0.1, 0.5)))
    outcome = committed.every_method_gains_somewhere([], 1)
    assert not outcome.passed
    assert outcome.evidence == "no gain on any digit task of its setting: DAN"
    digit_cells(monkeypatch, loss, replace(loss, task="b->a", delta=interval(0.01, 0.5)))
    assert committed.every_method_gains_somewhere([], 1).passed


def test_a_method_for_partial_tasks_has_to_gain_there(monkeypatch):
    plain = Cell("s", "pada", "a->b", "plain", delta=interval(0.1, 0.5))
    partial = replace(plain, scenario="partial", delta=interval(-0.1, 0.5))
    digit_cells(monkeypatch, plain, partial)
    assert not committed.every_method_gains_somewhere([], 1).passed
    digit_cells(monkeypatch, plain, replace(partial, delta=interval(0.02, 0.5)))
    assert committed.every_method_gains_somewhere([], 1).passed


def test_committed_results_hold():
    for check in (committed.source_only_is_as_published, committed.errors_are_above_the_floor):
        assert check([], 1).passed, check([], 1).evidence
