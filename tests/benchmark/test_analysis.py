import itertools
import random

import numpy as np
import pytest
from scipy import stats

from da.benchmark.analysis import analyse, selection_rows
from da.benchmark.story import story
from da.transfer import Verdict, flips, holm, twc
from tests.benchmark.records import record, simulated_suite, split, unfinished, wrong

# Differences by seed and sample with variance components known by hand: the mean is -4/18, the
# seeds contribute .0030864198, the samples .0493827160, the interaction .0141975309.
D = np.array([[0, -1, 0, 1, -1, 0], [0, -1, -1, 0, 0, 0], [0, -1, 0, 0, -1, 1]])
LABELS = [0, 0, 1, 1, 2, 2]


def pair(differences, labels=LABELS, weights=None, method="dan", **identity):
    """Return records of source-only and a method with these differences in correctness."""
    key, entry = split(labels, weights)
    records = []
    for seed, row in enumerate(differences):
        common = {"test_sha256": key, "seed": seed, **identity}
        records.append(record("source_only", wrong(labels, row < 0), labels, **common))
        records.append(record(method, wrong(labels, row > 0), labels, **common))
    return records, {key: entry}


def cell_of(records, splits, method="dan", task="fonts->uci", **settings):
    return analyse(records, splits, **settings).cell(method, task)


def test_difference_and_interval_are_those_of_the_worked_example():
    cell = cell_of(*pair(D))
    assert cell.delta.estimate == pytest.approx(-0.2222222222, abs=1e-9)
    assert cell.delta.half_width == pytest.approx(0.5729223846, abs=1e-9)
    assert cell.delta.df == pytest.approx(2560 / 517)  # 1 / ((1/16)^2 / 2 + 1 / 5)
    assert cell.seeds == (0, 1, 2)
    assert cell.n_test == 6
    assert cell.verdict is Verdict.INCONCLUSIVE


def test_the_interval_of_90_percent_has_the_same_error_and_a_smaller_quantile():
    cell = cell_of(*pair(D))
    ratio = stats.t.ppf(0.95, cell.delta.df) / stats.t.ppf(0.975, cell.delta.df)
    assert cell.delta90.half_width == pytest.approx(cell.delta.half_width * ratio)


def test_accuracies_are_those_of_the_stored_predictions():
    cell = cell_of(*pair(D))
    assert cell.accuracies == pytest.approx([1 / 6, 0, 1 / 6])
    assert cell.accuracy.estimate == pytest.approx(1 / 9)


def test_classes_flips_and_disagreement_of_ten_samples():
    labels = [0, 0, 0, 0, 1, 1, 1, 1, 2, 2]
    adapted = np.array([0, 0, 0, 0, 1, 1, 2, 2, 2, 2])
    baseline = np.array([0, 0, 1, 1, 1, 1, 1, 2, 2, 0])
    key, entry = split(labels)
    records = [
        record("source_only", baseline, labels, test_sha256=key),
        record("dan", adapted, labels, test_sha256=key),
    ]
    cell = cell_of(records, {key: entry})
    assert cell.delta.estimate == pytest.approx(0.2)
    assert (cell.pfr, cell.nfr) == pytest.approx((0.3, 0.1))
    assert cell.disagreement == pytest.approx(0.4)
    assert cell.class_deltas == pytest.approx((0.5, -0.25, 0.5))
    assert cell.macro_delta == pytest.approx(0.25)
    assert cell.hidden_harm == pytest.approx(0.1)
    assert not cell.hidden  # two to four samples a class prove nothing
    assert cell.mcnemar_p == pytest.approx([stats.binomtest(1, 4).pvalue])


def test_one_seed_is_conditional_on_it():
    cell = cell_of(*pair(D[:1]))
    assert cell.delta.df == 5


def test_seeds_are_paired_with_their_own_twin():
    # Each method is right on one half with seed 0 and on the other with seed 1.
    key, entry = split(LABELS)
    right = np.array([[1, 1, 1, 0, 0, 0], [0, 0, 0, 1, 1, 1]])
    records = [
        record(method, wrong(LABELS, right[seed]), LABELS, test_sha256=key, seed=seed)
        for method, seed in (("dan", 0), ("dan", 1), ("source_only", 1), ("source_only", 0))
    ]
    cell = cell_of(records, {key: entry})
    assert (cell.nfr, cell.pfr, cell.disagreement, cell.delta.half_width) == (0, 0, 0, 0)


def test_a_seed_without_its_twin_is_not_compared():
    records, splits = pair(D)
    partial = [r for r in records if (r["method"]["name"], r["seed"]) != ("source_only", 2)]
    cell = cell_of(partial, splits)
    assert cell.delta.estimate == pytest.approx(D[:2].mean())
    assert len(cell.accuracies) == 3


def test_runs_tested_on_different_samples_are_not_paired():
    records, splits = pair(D)
    other, entry = split(LABELS, name="other")
    for r in records:
        if r["method"]["name"] == "dan":
            r["split"]["test_sha256"] = other
    with pytest.raises(ValueError, match="dan on fonts->uci was not tested on the samples"):
        analyse(records, {**splits, other: entry})


def test_seeds_tested_on_different_samples_are_refused():
    records, splits = pair(D)
    other, entry = split(LABELS, name="other")
    records[0]["split"]["test_sha256"] = other
    with pytest.raises(ValueError, match="seeds of source_only on fonts->uci"):
        analyse(records, {**splits, other: entry})


def test_two_suites_are_two_tables():
    records, splits = pair(D)
    records[0]["suite"] = "letters"
    with pytest.raises(ValueError, match="one suite; got records of digits, letters"):
        analyse(records, splits)


def test_a_missing_test_set_is_named():
    records, _ = pair(D)
    with pytest.raises(ValueError, match="the test set of dan on fonts->uci is missing"):
        analyse(records, {})


def test_predictions_that_contradict_the_correctness_are_refused():
    records, splits = pair(D)
    records[0]["correct"] = "ff"
    with pytest.raises(ValueError, match="contradicts itself"):
        analyse(records, splits)


def test_the_order_of_records_changes_nothing():
    records, splits = simulated_suite(n=60)
    expected = analyse(records, splits, "validator")
    for seed in range(2):
        shuffled = analyse(random.Random(seed).sample(records, len(records)), splits, "validator")
        assert shuffled == expected
        assert story(shuffled) == story(expected)


def test_a_diverged_run_counts_as_a_guess():
    labels = [0, 1, 2] * 20
    key, entry = split(labels)
    rng = np.random.default_rng(0)
    right = rng.random((2, 60)) < 0.7
    records = [
        record("source_only", wrong(labels, row), labels, test_sha256=key, seed=seed)
        for seed, row in enumerate(right)
    ]
    records.append(record("dan", labels, labels, test_sha256=key, seed=0))
    reason = "the loss is not finite at step 7"
    records.append(unfinished("dan", "diverged", reason, test_sha256=key, seed=1))
    cell = cell_of(records, {key: entry})
    d = np.stack([1 - right[0], 1 / 3 - right[1]])
    assert cell.accuracies == pytest.approx([1, 1 / 3])
    assert cell.delta.estimate == pytest.approx(d.mean())
    assert cell.delta.half_width == pytest.approx(twc(d).half_width)
    assert cell.delta.estimate == pytest.approx(cell.pfr - cell.nfr)
    assert cell.disagreement == pytest.approx(((1 - right[0]).mean() + 2 / 3) / 2)
    assert cell.mcnemar_p[1] is None
    assert cell.status == {"diverged": 1, "ok": 1}
    assert cell.reasons == (reason,)
    assert cell.steps == (800, None)


def test_a_method_that_does_not_apply_has_no_number_but_a_reason():
    records, splits = pair(D)
    key = next(iter(splits))
    for seed in range(3):
        reason = "the network has no batch normalization"
        records.append(unfinished("adabn", "not_applicable", reason, test_sha256=key, seed=seed))
    analysis = analyse(records, splits)
    cell = analysis.cell("adabn", "fonts->uci")
    assert (cell.accuracy, cell.delta, cell.verdict, cell.accuracies) == (None, None, None, ())
    assert cell.reasons == ("the network has no batch normalization",)
    assert analysis.cell("dan", "fonts->uci").holm_p == analysis.cell("dan", "fonts->uci").p
    assert "AdaBN does not apply: the network has no batch normalization." in story(analysis)


def test_weights_apply_to_accuracy_difference_flips_and_disagreement():
    weights = np.array([2.0, 2.0, 1.0, 1.0, 0.0, 0.0])
    cell = cell_of(*pair(D, weights=weights))
    adapted, baseline = (D > 0).astype(float), (D < 0).astype(float)
    assert cell.accuracy.estimate == pytest.approx(np.average(adapted.mean(0), weights=weights))
    assert cell.delta.estimate == pytest.approx(np.average(D.mean(0), weights=weights))
    assert cell.delta.half_width == pytest.approx(twc(D, weights=weights).half_width)
    assert cell.nfr == pytest.approx(np.average((D < 0).mean(0), weights=weights))
    assert cell.pfr == pytest.approx(np.average((D > 0).mean(0), weights=weights))
    shares = [
        flips(np.array(LABELS), wrong(LABELS, a), wrong(LABELS, b), weights).disagreement
        for a, b in zip(adapted, baseline, strict=True)
    ]
    assert cell.disagreement == pytest.approx(np.mean(shares))
    assert cell.mcnemar_p == (None, None, None)


def test_harm_to_a_class_is_found_behind_a_gain():
    labels = [0] * 100 + [1] * 100 + [2] * 100
    row = np.array([1] * 60 + [0] * 40 + [1] * 30 + [0] * 70 + [-1] * 30 + [0] * 70)
    records, splits = pair(np.stack([row, row, row]), labels)
    cell = cell_of(records, splits)
    assert cell.delta.estimate == pytest.approx(0.2)
    assert cell.hidden_harm == pytest.approx(0.1)
    assert cell.hidden
    # Drawn towards zero as far as it is noise, which it hardly is
    variances = np.array([0.24, 0.21, 0.21]) / 99
    tau2 = np.mean(np.array([0.6, 0.3, -0.3]) ** 2 - variances)
    shown = f"{-30 * tau2 / (tau2 + variances[2]):.1f}".replace("-", "−")
    (line,) = (line for line in story(analyse(records, splits)) if "Behind" in line)
    assert f"class 2 changes by {shown} points (p <.001, corrected" in line


def test_gap_closed_is_the_share_of_the_way_to_target_only():
    labels = [0, 1, 2] * 100
    key, entry = split(labels)
    records = [
        record(method, wrong(labels, np.arange(300) < right), labels, test_sha256=key)
        for method, right in (("source_only", 165), ("dan", 186), ("target_only", 240))
    ]
    assert cell_of(records, {key: entry}).gap_closed == pytest.approx(0.28)


def many_methods():
    """Return a task with a method that harms, one that gains, one that is the same, one unsure."""
    labels = np.arange(400) % 4
    key, entry = split(labels)
    rng = np.random.default_rng(3)
    base = rng.random((3, 400)) < 0.6
    changed = {
        "harms": base & (rng.random((3, 400)) > 0.3),
        "gains": base | (rng.random((3, 400)) > 0.6),
        "same": base,
        "unsure": rng.random((3, 400)) < 0.6,
        "target_only": np.ones((3, 400), bool),
    }
    records = [
        record(method, wrong(labels, row, 4), labels, test_sha256=key, seed=seed, num_classes=4)
        for method, rows in {"source_only": base, **changed}.items()
        for seed, row in enumerate(rows)
    ]
    return records, {key: entry}


def test_every_verdict_is_given_where_it_is_due():
    analysis = analyse(*many_methods())
    verdicts = {c.method: c.verdict for c in analysis.cells}
    assert verdicts == {
        "source_only": None,
        "harms": Verdict.NEG_MATERIAL,
        "gains": Verdict.POS,
        "same": Verdict.SAFE,
        "unsure": Verdict.INCONCLUSIVE,
        "target_only": None,
    }


def test_materiality_turns_material_harm_into_harm():
    records, splits = many_methods()
    harm = cell_of(records, splits, "harms").delta.high
    cell = cell_of(records, splits, "harms", materiality=-harm + 0.001)
    assert cell.verdict is Verdict.NEG


def test_p_values_are_adjusted_over_the_adaptation_cells_alone():
    analysis = analyse(*many_methods())
    family = [c for c in analysis.cells if c.adapts]
    assert len(family) == 4
    assert [c.holm_p for c in family] == pytest.approx(holm(np.array([c.p for c in family])))
    assert analysis.cell("target_only", "fonts->uci").holm_p is None


def test_methods_not_separated_from_the_best_are_marked_but_never_the_ceiling():
    best = {c.method: c.among_best for c in analyse(*many_methods()).cells}
    assert best["gains"]
    assert not best["target_only"]
    assert not best["source_only"]
    records, splits = many_methods()
    without = [r for r in records if r["method"]["name"] != "gains"]
    best = {c.method: c.among_best for c in analyse(without, splits).cells}
    assert best == {
        "source_only": True,
        "same": True,
        "unsure": True,
        "harms": False,
        "target_only": False,
    }


def test_means_leave_the_control_out():
    records, splits = simulated_suite(n=60)
    analysis = analyse(records, splits)
    summary = next(s for s in analysis.summaries() if s.method == "dan")
    cells = [c for c in analysis.cells if c.method == "dan" and c.scenario != "halves"]
    assert summary.tasks == len(cells) == 3
    assert summary.accuracy == pytest.approx(np.mean([c.accuracy.estimate for c in cells]))
    assert summary.delta == pytest.approx(np.mean([c.delta.estimate for c in cells]))


def test_the_certificate_bounds_every_difference():
    records, splits = simulated_suite(n=60)
    for analysis in selection_rows(records, splits):
        for cell in analysis.cells:
            if cell.delta is not None:
                assert abs(cell.delta.estimate) <= cell.disagreement + 1e-12
                assert cell.delta.estimate == pytest.approx(cell.pfr - cell.nfr)


def test_a_fallback_differs_from_source_only_in_nothing():
    key, entry = split(LABELS)
    records = [
        record("source_only", wrong(LABELS, [1, 1, 0, 0, 1, 0]), LABELS, test_sha256=key),
        record("dan", LABELS, LABELS, test_sha256=key, s_val=0.5),
    ]
    cell = cell_of(records, {key: entry}, select="validator")
    assert (cell.fallbacks, cell.delta.estimate, cell.disagreement) == (1, 0, 0)
    sentences = story(analyse(records, {key: entry}, "validator"))
    assert any(line.startswith("In 1 run no checkpoint passed") for line in sentences)


def test_the_story_names_harm_gain_control_failure_and_power():
    text = " ".join(story(analyse(*simulated_suite())))
    for part in (
        "most of all DAN on uci→fonts by +",
        "DANN on uci→uci-m, partial by −",
        "shows no significant difference for any of 3 methods",
        "1 run diverged and counts as a guess: DANN on fonts→uci.",
        "AdaBN does not apply: the network has no batch normalization.",
        "With 3 seeds",
    ):
        assert part in text


def test_the_story_of_a_control_names_what_differs_after_correction():
    records, splits = many_methods()
    for r in records:
        r["task"] = {**r["task"], "name": "uci->uci:halves", "scenario": "halves"}
    analysis = analyse(records, splits)
    cells = [c for c in analysis.cells if c.adapts]
    adjusted = holm(np.array([c.p for c in cells]))
    told = next(line for line in story(analysis) if line.startswith("The control"))
    assert "a significant difference, corrected for 4 methods" in told
    named = {c.method for c, p in zip(cells, adjusted, strict=True) if p <= 0.05}
    assert {c.method for c in cells if f"{c.method} on uci→uci, halves" in told} == named
    assert {"harms", "gains"} <= named
    assert "same" not in named


def test_the_story_reports_a_violated_floor():
    records, splits = pair(D)
    records[1]["metrics"]["floor"]["ok"] = False
    assert any(
        "evaluation bug: DAN on fonts→uci" in line for line in story(analyse(records, splits))
    )


def test_tasks_and_methods_are_ordered_with_the_control_and_the_ceiling_last():
    analysis = analyse(*simulated_suite(n=60))
    assert analysis.tasks[-1] == "uci->uci:halves"
    assert analysis.methods[0] == "source_only"
    assert analysis.methods[-1] == "target_only"
    product = set(itertools.product(analysis.tasks, analysis.methods))
    assert {(c.task, c.method) for c in analysis.cells} == product
