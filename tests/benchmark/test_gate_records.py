"""Decisions from records: made without target labels, and true where a theorem says so."""

import base64
import copy
import zlib
from pathlib import Path

import numpy as np
import pytest

from da.benchmark.gate_records import decide, gate_cells, read_cells
from da.benchmark.results import read
from da.transfer import certificate_only, gate
from tests.benchmark.records import record, simulated_suite, split, unfinished, wrong

RESULTS = Path(__file__).parents[2] / "benchmarks" / "results"
LABELS = np.arange(60) % 3


def runs(method="dann", changed=0, suite="digits", **options):
    """Return records of source-only and of a method that changed its first predictions."""
    key, entry = split(LABELS)
    own = LABELS.copy()
    own[:changed] = (own[:changed] + 1) % 3
    options = {"test_sha256": key, "suite": suite, **options}
    records = [record("source_only", LABELS, LABELS, test_sha256=key, suite=suite)]
    return [*records, record(method, own, LABELS, **options)], {key: entry}


def one(*args, **options):
    (cell,) = gate_cells(*runs(*args, **options))
    return cell


def test_a_cell_has_what_both_records_say():
    cell = one("DANN", changed=6, s_val=0.88, entropy=0.1)
    assert (cell.method, cell.target, cell.seed) == ("DANN", "Digits/uci", 0)
    assert cell.adapted == pytest.approx(0.9)
    assert cell.source_only == 1
    assert cell.evidence.disagreement == pytest.approx(0.1)
    assert cell.evidence.source_loss == pytest.approx(0.02)
    assert cell.evidence.margin == pytest.approx(0.1 / np.log(3))
    assert cell.evidence.prior_shift == 0
    assert cell.evidence.items_per_class == 60 / 3
    assert np.isnan(cell.evidence.estimated_gain)
    assert decide([cell]).tolist() == [True]


def test_guards_refuse():
    assert not decide([one("DANN", changed=6, s_val=0.86)])
    assert not decide([one("DANN", changed=6, entropy=0.3)])
    assert decide([one("DANN", changed=1, s_val=0.1, entropy=0.3)])  # a sixtieth: certified


def test_the_prior_refuses_methods_that_match_marginals_alone():
    key, entry = split(LABELS)
    prior = [0.6, 0.2, 0.2]
    baseline = record("source_only", LABELS, LABELS, test_sha256=key, target_prior=prior)
    cells = [
        gate_cells(
            [baseline, record(m, LABELS[::-1], LABELS, test_sha256=key, entropy=0.1)], {key: entry}
        )[0]
        for m in ("DANN", "AFN")
    ]
    assert [c.evidence.marginal_aligning for c in cells] == [True, False]
    assert decide(cells).tolist() == [False, True]


def test_only_the_last_step_counts():
    records, splits = runs(changed=6, step=800)
    key = next(iter(splits))
    earlier = record("dann", LABELS, LABELS, test_sha256=key, step=400)
    assert gate_cells([*records, earlier], splits)[0].evidence.disagreement == pytest.approx(0.1)


def test_a_run_without_a_result_is_refused_and_counts_as_a_guess():
    records, splits = runs()
    key = next(iter(splits))
    broken = unfinished("dan", "diverged", "the loss is not finite", test_sha256=key)
    cell = next(c for c in gate_cells([*records, broken], splits) if c.method == "dan")
    assert cell.evidence is None
    assert cell.adapted == pytest.approx(1 / 3)
    assert not decide([cell])


def test_what_cannot_be_gated_is_left_out():
    records, splits = runs()
    key = next(iter(splits))
    halves = {"test_sha256": key, "task": "uci->uci:halves", "scenario": "halves"}
    others = [
        record("target_only", LABELS, LABELS, test_sha256=key),
        unfinished("adabn", "not_applicable", "no batch normalization", test_sha256=key),
        *(record(m, LABELS, LABELS, **halves) for m in ("source_only", "dan")),
        record("dan", LABELS, LABELS, test_sha256=key, seed=1),
    ]
    assert [c.method for c in gate_cells([*records, *others], splits)] == ["dann"]
    with pytest.raises(ValueError, match="no run of digits can be gated; there must be finished"):
        gate_cells(others, splits)


def test_runs_of_other_test_sets_are_no_pair():
    records, splits = runs()
    records[1]["split"]["test_sha256"] = "f" * 64
    with pytest.raises(ValueError, match="tested on different samples of fonts->uci"):
        gate_cells(records, splits)


def test_where_samples_count_differently_changes_bound_nothing():
    key, entry = split(LABELS, weights=1 + LABELS)
    records, _ = runs(changed=0, s_val=0.1)
    (cell,) = gate_cells(records, {key: entry})
    assert np.isnan(cell.evidence.disagreement)
    assert not decide([cell])


def scrambled(records, splits):
    """Return the same records as if all target labels had been others."""
    records, splits = copy.deepcopy(list(records)), copy.deepcopy(dict(splits))
    rng = np.random.default_rng(0)
    for entry in splits.values():
        entry["labels"] = rng.permutation(entry["labels"]).tolist()
    for r in filter(lambda r: r["metrics"], records):
        r["metrics"] |= {"t_test": {"acc": rng.random()}, "t_adapt": None, "floor": None}
        r["correct"] = "00"
    return records, splits


@pytest.mark.parametrize("suite", ["synthetic", "digits", "office_caltech10_googlenet"])
def test_target_labels_change_no_decision(suite):
    records, splits = simulated_suite() if suite == "synthetic" else read(RESULTS / suite)
    true, false = gate_cells(records, splits), gate_cells(*scrambled(records, splits))
    assert repr([c.evidence for c in true]) == repr([c.evidence for c in false])
    np.testing.assert_array_equal(decide(true), decide(false))
    assert [c.adapted for c in true] != [c.adapted for c in false]


@pytest.fixture(scope="module")
def committed():
    return read_cells([RESULTS / s for s in ("digits", "mnist_usps", "office_caltech10_googlenet")])


def test_no_committed_run_lost_more_than_its_certificate(committed):
    sure = [c for c in committed if not np.isnan(c.evidence.disagreement)]
    assert len(sure) > 200
    for cell in sure:
        assert abs(cell.adapted - cell.source_only) <= cell.evidence.disagreement + 1e-9


def test_what_is_accepted_by_proof_harms_nobody(committed):
    accepted = decide(committed, certificate_only(0.01))
    deltas = np.array([c.adapted - c.source_only for c in committed])[accepted]
    assert len(deltas) > 10
    assert deltas.min() >= -0.01 - 1e-9


def test_decisions_on_committed_runs_are_those_of_the_gate(committed):
    assert decide(committed).tolist() == [gate(c.evidence).accept for c in committed]
    assert len({(c.suite, c.method, c.task, c.seed) for c in committed}) == len(committed)
    assert {"source_only", "target_only"}.isdisjoint(c.method for c in committed)


def test_a_suite_comes_once():
    with pytest.raises(ValueError, match="holds the suite mnist_usps again"):
        read_cells([RESULTS / "mnist_usps"] * 2)


def test_predictions_are_those_that_were_stored():
    records, splits = runs(changed=6)
    other = zlib.compress(wrong(LABELS, np.zeros(60)).astype("<u2").tobytes())
    records[1]["predictions"] = base64.b64encode(other).decode()
    assert gate_cells(records, splits)[0].evidence.disagreement == 1
