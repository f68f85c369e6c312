"""Each cell beside every reference: golden values, and the pure functions of da.transfer."""

import csv
import io

import numpy as np
import pytest

from da.benchmark import details
from da.benchmark.analysis import analyse
from da.benchmark.cell_rows import cells_csv
from da.benchmark.story import story
from da.transfer import (
    benjamini_hochberg,
    certificate,
    differences_from_references,
    judge,
    ratio_intervals,
    sample_harm,
    shrink,
    transfer_ratio_interval,
    twc,
    variance_components,
)
from tests.benchmark.records import record, simulated_suite, split, unfinished, wrong

REFERENCES = ("adabn", "target_only_1", "target_only_5", "target_only_20", "target_only")
LEVELS = {
    "source_only": 0.55,
    "adabn": 0.6,
    "dan": 0.7,
    "target_only_1": 0.4,
    "target_only_5": 0.7,
    "target_only_20": 0.8,
    "target_only": 0.9,
}


def drawn(levels=LEVELS, seeds=3, n=300, weights=None, num_classes=3, task="fonts->uci"):
    """Return records and splits of methods with these accuracies, and their correctness."""
    rng = np.random.default_rng(0)
    labels = np.arange(n) % num_classes
    key, entry = split(labels, weights, name=task)
    correct = {method: rng.random((seeds, n)) < level for method, level in levels.items()}
    records = [
        record(
            method,
            wrong(labels, row, num_classes),
            labels,
            test_sha256=key,
            seed=seed,
            num_classes=num_classes,
            task=task,
        )
        for method, rows in correct.items()
        for seed, row in enumerate(rows)
    ]
    return records, {key: entry}, correct


def cell_of(records, splits, method="dan", task="fonts->uci", **settings):
    return analyse(records, splits, **settings).cell(method, task)


def test_each_reference_has_its_difference_and_interval():
    records, splits, correct = drawn()
    cell = cell_of(records, splits)
    few = {1: "target_only_1", 5: "target_only_5", 20: "target_only_20", None: "target_only"}
    expected = differences_from_references(
        correct["dan"],
        correct["source_only"],
        chance=1 / 3,
        source_only_adabn=correct["adabn"],
        target_only={labels: correct[name] for labels, name in few.items()},
    )
    assert list(cell.references) == [*REFERENCES, "chance"]
    assert cell.delta == expected.source_only
    assert cell.references["adabn"] == expected.source_only_adabn
    assert cell.references["chance"].estimate == pytest.approx(expected.chance.estimate)
    assert cell.references["chance"].high == pytest.approx(expected.chance.high)
    for labels, name in few.items():
        assert cell.references[name] == expected.target_only[labels]


def test_references_themselves_are_not_judged_and_never_the_best():
    analysis = analyse(*drawn(seeds=8, n=600)[:2])
    by_method = {cell.method: cell for cell in analysis.cells}
    assert [m for m, cell in by_method.items() if cell.verdict is not None] == ["adabn", "dan"]
    assert [m for m, cell in by_method.items() if cell.adapts] == ["adabn", "dan"]
    assert [m for m, cell in by_method.items() if cell.among_best] == ["dan"]
    assert analysis.methods == ("source_only", "adabn", "dan", *REFERENCES[1:])
    # two tests are adjusted for, not six
    p = sorted((by_method[m].p, m) for m in ("adabn", "dan"))
    assert by_method[p[0][1]].holm_p == pytest.approx(2 * p[0][0])


def test_references_that_did_not_run_are_left_out():
    records, splits, _ = drawn({"source_only": 0.5, "dan": 0.6})
    cell = cell_of(records, splits)
    assert list(cell.references) == ["chance"]
    ratios = cell.pair.ratios
    assert np.isnan(ratios.gap_closed.estimate)
    assert np.isnan(ratios.transfer_ratio.estimate)
    columns, rows = details.references(analyse(records, splits))
    assert [name for name, _ in columns][2:] == [
        *("Δ chance", "gap closed", "fallen to chance", "transfer ratio")
    ]
    assert rows[1][3] == rows[1][5] == "–"


def test_a_reference_with_fewer_seeds_is_compared_on_those():
    records, splits, correct = drawn()
    kept = [
        r for r in records if r["method"]["name"] not in ("adabn", "target_only") or r["seed"] < 2
    ]
    cell = cell_of(kept, splits)
    both = correct["dan"][:2] * 1.0 - correct["adabn"][:2]
    assert cell.references["adabn"] == twc(both)
    assert cell.delta == twc(correct["dan"] * 1.0 - correct["source_only"])
    means = [correct[m][:2].mean() for m in ("dan", "source_only", "target_only")]
    closed = (means[0] - means[1]) / (means[2] - means[1])
    assert cell.gap_closed == pytest.approx(closed)
    assert cell.pair.ratios.gap_closed.estimate == pytest.approx(closed)


def test_a_reference_tested_on_other_samples_is_refused():
    records, splits, _ = drawn()
    other, entry = split(np.arange(300) % 3, name="other")
    for r in records:
        if r["method"]["name"] == "target_only_5":
            r["split"]["test_sha256"] = other
    with pytest.raises(ValueError, match="was not tested on the samples of the run it is paired"):
        analyse(records, {**splits, other: entry})


def test_chance_is_the_most_frequent_class_of_the_weighted_test_samples():
    labels = np.array([0, 0, 1, 1, 2, 2])
    key, entry = split(labels, [3.0, 1.0, 0.5, 0.5, 0.5, 0.5])
    records = [record("source_only", [0] * 6, labels, test_sha256=key)]
    cell = cell_of(records, {key: entry}, "source_only")
    assert cell.references["chance"].estimate == pytest.approx(0)
    assert cell.accuracy.estimate == pytest.approx(4 / 6)


def test_ratios_are_those_of_means_with_their_bootstrap_intervals():
    records, splits, correct = drawn()
    found = cell_of(records, splits).pair.ratios
    expected = ratio_intervals(
        *(correct[m] for m in ("dan", "source_only", "target_only")), num_classes=3, resamples=2000
    )
    assert found == expected
    levels = {"source_only": 0.5, "dan": 0.45, "target_only": 0.9}
    labels = np.arange(300) % 10
    key, entry = split(labels)
    records = [
        record(
            m, wrong(labels, np.arange(300) < 300 * a, 10), labels, test_sha256=key, num_classes=10
        )
        for m, a in levels.items()
    ]
    fallen = cell_of(records, {key: entry}).pair.ratios
    assert fallen.normalized_gap.estimate == pytest.approx(0.125)
    assert fallen.transfer_ratio.estimate == pytest.approx(5.5)


def test_there_is_no_gap_to_close_below_two_points():
    records, splits, _ = drawn({"source_only": 0.5, "dan": 0.5, "target_only": 0.5}, seeds=1)
    for r in records:
        r.update({k: records[0][k] for k in ("predictions", "correct")})
    cell = cell_of(records, splits)
    assert cell.gap_closed is None
    assert "–" in details.references(analyse(records, splits)).rows[1]


def test_the_mean_transfer_ratio_is_over_tasks_without_the_control():
    suites = [drawn(task="fonts->uci"), drawn({**LEVELS, "dan": 0.8}, task="uci->fonts")]
    control = drawn({**LEVELS, "dan": 0.1}, task="uci->uci:halves")
    for r in control[0]:
        r["task"]["scenario"] = "halves"
    records = [r for part in (*suites, control) for r in part[0]]
    splits = {k: v for part in (*suites, control) for k, v in part[1].items()}
    keys = [r["split"]["test_sha256"] for r in (suites[0][0][0], suites[1][0][0])]
    expected = transfer_ratio_interval(
        [correct["dan"] for _, _, correct in suites],
        [correct["target_only"] for _, _, correct in suites],
        keys,
        resamples=1000,
    )
    found = details.mean_transfer_ratio(analyse(records, splits), "dan")
    assert found.estimate == pytest.approx(expected.estimate)
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high))
    assert details.mean_transfer_ratio(analyse(records, splits), "source_only") is None


def test_flips_and_churn_are_those_of_the_samples():
    records, splits, correct = drawn()
    cell = cell_of(records, splits)
    expected = sample_harm(correct["dan"], correct["source_only"])
    assert cell.pair.harm.nfr == expected.nfr
    assert (cell.nfr, cell.pfr) == (expected.nfr.estimate, expected.pfr.estimate)
    assert (cell.pair.harm.churn, cell.pair.harm.always) == (expected.churn, expected.always)


def test_the_certificate_is_the_largest_of_the_seeds():
    records, splits, correct = drawn()
    labels = np.arange(300) % 3
    bounds = [
        certificate(wrong(labels, a), wrong(labels, b)).population
        for a, b in zip(correct["dan"], correct["source_only"], strict=True)
    ]
    cell = cell_of(records, splits)
    assert cell.pair.certificate == max(bounds)
    assert abs(cell.delta.estimate) <= cell.disagreement < cell.pair.certificate
    weighted = drawn(weights=np.repeat([0.5, 1.5], 150))
    assert cell_of(*weighted[:2]).pair.certificate is None


def test_a_difference_beyond_the_disagreement_is_an_evaluation_bug(monkeypatch):
    from da.benchmark import pairs

    monkeypatch.setattr(pairs, "_disagreement", lambda *_: 0.01)
    with pytest.raises(ValueError, match=r"dan on fonts->uci differs.* by 0\.010000 in predict"):
        analyse(*drawn({"source_only": 0.5, "dan": 0.9})[:2])


def by_class(n=60):
    """Return a suite in which class 0 gains, class 1 loses and class 2 has few samples."""
    labels = np.array([0] * n + [1] * n + [2] * 10)
    key, entry = split(labels)
    entry["class_names"] = ["mug", "pen", "owl"]
    rng = np.random.default_rng(1)
    levels = {"source_only": (0.5, 0.8, 0.8), "dan": (0.9, 0.5, 0.2)}
    correct = {m: rng.random((3, len(labels))) < np.take(a, labels) for m, a in levels.items()}
    records = [
        record(method, wrong(labels, row), labels, test_sha256=key, seed=seed)
        for method, rows in correct.items()
        for seed, row in enumerate(rows)
    ]
    return records, {key: entry}, labels, correct["dan"] * 1.0 - correct["source_only"]


def test_classes_are_tested_adjusted_and_shrunken():
    records, splits, labels, d = by_class()
    cell = cell_of(records, splits)
    groups = [d[:, labels == c] for c in range(3)]
    adjusted = benjamini_hochberg(np.array([twc(g).p for g in groups[:2]]))
    shrunken = shrink(
        np.array([g.mean() for g in groups]),
        np.array([variance_components(g).total for g in groups]),
    )
    classes = cell.pair.classes
    assert [c.items for c in classes] == [60, 60, 10]
    assert [c.delta for c in classes] == pytest.approx([g.mean() for g in groups])
    assert [c.shrunken for c in classes] == pytest.approx(shrunken)
    assert [c.adjusted_p for c in classes[:2]] == pytest.approx(adjusted)
    assert classes[2].adjusted_p is None
    assert [c.number for c in details.losing(cell.pair)] == [1]
    assert [c.number for c in details.gaining(cell.pair)] == [0]
    assert cell.pair.classwise.worst_class == 1
    assert cell.pair.classwise.worst_p < 0.01


def test_the_table_of_classes_calls_them_by_name():
    records, splits, *_ = by_class()
    row = details.samples(analyse(records, splits)).rows[0]
    assert row[7].startswith("pen: −")
    assert (row[9][:6], row[10][:6]) == ("pen: −", "mug: +")


def test_what_each_cell_could_have_found_is_what_its_judgment_says():
    records, splits, correct = drawn()
    analysis = analyse(records, splits)
    for method in ("adabn", "dan"):
        cell = analysis.cell(method, "fonts->uci")
        judgment = judge(correct[method] * 1.0 - correct["source_only"], holm_p=cell.holm_p)
        assert cell.verdict is judgment.verdict
        assert cell.resolution == (judgment.half_width, judgment.detectable)


def test_a_run_that_diverged_is_a_guess_everywhere():
    records, splits, _ = drawn()
    key = next(iter(splits))
    kept = [r for r in records if (r["method"]["name"], r["seed"]) != ("dan", 1)]
    kept.append(unfinished("dan", "diverged", "not finite", test_sha256=key, seed=1))
    analysis = analyse(kept, splits)
    cell = analysis.cell("dan", "fonts->uci")
    assert cell.seeds == (0, 1, 2)
    assert cell.delta.estimate == pytest.approx(cell.pfr - cell.nfr)
    assert cell.pair.ratios.gap_closed.estimate == pytest.approx(cell.gap_closed)
    assert len(details.samples(analysis).rows) == 2
    assert len(details.references(analysis).rows) == 3 + 2
    assert story(analysis)


def test_the_story_tells_of_each_reference():
    levels = {**LEVELS, "adabn": 0.55, "target_only_1": 0.2}
    text = " ".join(story(analyse(*drawn(levels, seeds=8, n=600)[:2])))
    for part in (
        "whose batch normalization saw the target, adapting is significantly better in 1 and "
        "worse in 0 of 1 comparison.",
        "training on 1 label of each target class without the source, adapting is significantly "
        "better in 2 and worse in 0 of 2 comparisons.",
        "training on 5 labels of each target class without the source, adapting is significantly "
        "better in 0 and worse in 1 of 2 comparisons.",
    ):
        assert part in text
    assert "most frequent class" not in text


def test_the_story_names_who_is_not_above_chance():
    records, splits, _ = drawn({"source_only": 0.6, "dan": 0.3})
    text = " ".join(story(analyse(records, splits)))
    assert "Not significantly above always predicting the most frequent class: DAN on font" in text


def test_the_story_of_an_open_comparison_says_what_it_lacks():
    records, splits, _ = drawn({"source_only": 0.6, "dan": 0.61}, n=60)
    (line,) = (s for s in story(analyse(records, splits)) if "cannot tell gain from harm" in s)
    assert "would find a difference of" in line
    assert "To find 1 point as often, 1 would need" in line
    (one,) = (
        s
        for s in story(analyse([r for r in records if r["seed"] == 0], splits))
        if "cannot tell" in s
    )
    assert one.endswith("points 4 times in 5.")  # of one seed nothing is known about others


def test_all_numbers_of_a_cell_are_in_the_csv():
    records, splits = simulated_suite(n=60)
    analysis = analyse(records, splits)
    rows = list(csv.DictReader(io.StringIO(cells_csv(analysis))))
    assert len(rows) == len(analysis.cells)
    for cell, row in zip(analysis.cells, rows, strict=True):
        assert (row["task"], row["method"]) == (cell.task, cell.method)
        if cell.delta is None:
            assert row["delta"] == row["churn"] == ""
            continue
        assert float(row["delta_low"]) == pytest.approx(cell.delta.low, abs=1e-6)
        assert float(row["disagreement"]) == pytest.approx(cell.disagreement, abs=1e-6)
        assert float(row["delta_chance"]) == pytest.approx(
            cell.references["chance"].estimate, abs=1e-6
        )
        assert row["verdict"] == (cell.verdict.value if cell.verdict else "")
    assert None not in rows[0]


def test_no_method_of_a_table_of_equal_ones_is_called_harmful_too_often():
    """Five equal methods a table: a false claim of harm in one table in twenty at most."""
    rng, tables, harmed = np.random.default_rng(5), 60, 0
    labels = np.arange(120) % 3
    key, entry = split(labels)
    for _ in range(tables):
        hard = rng.beta(2, 1, 120)
        records = []
        for method in ("source_only", *(f"m{i}" for i in range(5))):
            for seed in range(3):
                right = rng.random(120) < np.clip(hard + rng.normal(0, 0.02), 0, 1)
                predictions = wrong(labels, right)
                records.append(record(method, predictions, labels, test_sha256=key, seed=seed))
        verdicts = [c.verdict for c in analyse(records, {key: entry}).cells if c.verdict]
        harmed += any(v.negative for v in verdicts)
    assert harmed / tables <= 0.05


@pytest.mark.parametrize(("lost", "told"), [(0.0, False), (0.1, True)])
def test_the_story_tells_of_a_gain_that_breaks_more_than_retraining(lost, told):
    labels = np.arange(400) % 2
    key, entry = split(labels)
    base, right = np.arange(400) < 200, np.arange(400) < 360
    right[: round(400 * lost)] = False
    records = [
        record(m, wrong(labels, row, 2), labels, test_sha256=key, seed=seed, num_classes=2)
        for m, row in (("source_only", base), ("dan", right))
        for seed in (0, 1)
    ]
    text = " ".join(story(analyse(records, {key: entry})))
    sentence = "DAN on fonts→uci gets 10.0 % wrong that source-only gets right, where to retrain"
    assert (sentence in text) is told


def test_the_story_counts_classes():
    records, splits, *_ = by_class()
    text = " ".join(story(analyse(records, splits)))
    assert "Class by class, 1 of 2 recalls fall and 1 rise" in text
