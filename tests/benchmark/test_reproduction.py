import csv
import io
from dataclasses import replace

import pytest

from da.benchmark.analysis import selection_rows
from da.benchmark.grid import Benchmark
from da.benchmark.papers import Paper, Reference
from da.benchmark.reproduction import AVERAGE, MEAN_CLASS, reproduction
from da.benchmark.reproduction_tables import by_task, csv_text, latex, markdown, overview, sentences
from da.transfer import Replication
from tests.benchmark.records import record, split, wrong

LABELS = [i % 3 for i in range(200)]
KEY, ENTRY = split(LABELS)
PAIRS = ("mnist->usps", "usps->mnist")
PUBLISHED = {"source_only": "source only", "dann": "DANN", "own": None}


def runs(method, accuracies, task, step=800):
    """Return one record per seed with exactly these accuracies, in percent."""
    right = [[i < 2 * accuracy for i in range(200)] for accuracy in accuracies]
    return [
        record(method, wrong(LABELS, row), LABELS, test_sha256=KEY, task=task, seed=s, step=step)
        for s, row in enumerate(right)
    ]


def setting(tasks=PAIRS, selection="final", checkpoints=2):
    """Return a setting that is compared with TLlib's table of digits."""
    references = {
        (method, task): Reference("digits", "TLlib", task.partition(":")[0], name)
        for method, name in PUBLISHED.items()
        for task in tasks
        if name
    }
    models = {method: {} for method in PUBLISHED}
    benchmark = Benchmark(
        "paper", "digits", tuple(PUBLISHED), tasks, models=models, checkpoints=checkpoints
    )
    return Paper(
        name="paper",
        title="A table",
        citation="Somebody, 2020.",
        url="https://example.org",
        benchmark=benchmark,
        variants={},
        references=references,
        selection=selection,
        needs=None,
        notes=("Mind the gap.",),
        reduced=None,
        published="digits",
        has_reduced=False,
    )


def made(paper=None, records=None):
    # TLlib: source only 82.1 and 74.6, DANN 91.7 and 95.2
    records = records or [
        *runs("source_only", [82, 82.5, 82], PAIRS[0]),
        *runs("source_only", [70, 70, 70.5], PAIRS[1]),
        *runs("dann", [93, 94, 95], PAIRS[0]),
        *runs("dann", [60, 60, 60], PAIRS[1]),
        *runs("own", [80, 80, 80], PAIRS[0]),
    ]
    return reproduction(paper or setting(), selection_rows(records, {KEY: ENTRY}))


def test_ours_stands_beside_what_was_published():
    dann = made().entry("dann", "mnist->usps")
    assert dann.ours.estimate == pytest.approx(0.94)
    assert dann.ours.half_width == pytest.approx(4.302653 * 0.01 / 3**0.5, rel=1e-5)
    assert dann.published.estimate == pytest.approx(0.917)
    assert dann.compared.difference == pytest.approx(0.023)
    assert dann.compared.verdict is Replication.REPRODUCED  # ±2.5 points of ours
    assert dann.gain == pytest.approx(0.94 - 0.8216667, abs=1e-6)
    assert dann.published_gain == pytest.approx(0.096)


def test_what_differs_by_more_than_both_know_is_told_so():
    made_ = made()
    assert made_.entry("dann", "usps->mnist").compared.verdict is Replication.BELOW
    assert made_.entry("source_only", "usps->mnist").compared.verdict is Replication.BELOW
    assert made_.entry("source_only", "mnist->usps").compared.verdict is Replication.REPRODUCED


def test_an_average_is_over_all_tasks_or_is_not_given():
    result = made()
    average = result.entry("dann", AVERAGE)
    assert average.ours.estimate == pytest.approx((0.94 + 0.60) / 2)
    assert average.published.estimate == pytest.approx((0.917 + 0.952) / 2)
    assert result.entry("own", AVERAGE) is None
    assert list(result.tasks) == [*PAIRS, AVERAGE]


def test_a_method_without_a_published_number_has_a_gain_and_no_verdict():
    own = made().entry("own", "mnist->usps")
    assert (own.published, own.compared, own.published_gain) == (None, None, None)
    assert own.gain == pytest.approx(0.80 - 0.8216667, abs=1e-6)


def test_a_gain_is_over_the_seeds_that_source_only_has_too():
    task = PAIRS[0]
    records = [*runs("source_only", [80, 84, 88], task), *runs("dann", [90, 91], task)]
    gain = made(records=records).entry("dann", task).gain
    assert gain == pytest.approx((10 + 7) / 2 / 100)


def test_records_of_other_tasks_than_the_setting_has_are_refused():
    records = runs("source_only", [80], "mnist->svhn")
    with pytest.raises(ValueError, match="has no task mnist->svhn; run da reproduce paper again"):
        made(records=records)


def test_draws_are_the_repetitions_and_seeds_are_averaged_within_them():
    tasks = tuple(f"mnist->usps:draw{i}" for i in range(3))
    records = [
        r
        for task, base in zip(tasks, (80, 82, 84), strict=True)
        for r in runs("source_only", [base - 1, base + 1], task)
    ]
    entry = made(setting(tasks), records).entry("source_only", "mnist->usps")
    assert entry.ours.estimate == pytest.approx(0.82)
    assert entry.ours.half_width == pytest.approx(4.302653 * 0.02 / 3**0.5, rel=1e-5)


def test_the_checkpoint_is_that_which_the_authors_would_take():
    records = [
        *runs("source_only", [82], PAIRS[0], step=400),
        *runs("source_only", [80], PAIRS[0], step=800),
    ]
    final = made(setting(PAIRS[:1]), records).entry("source_only", PAIRS[0])
    oracle = made(setting(PAIRS[:1], "oracle"), records).entry("source_only", PAIRS[0])
    assert (final.ours.estimate, oracle.ours.estimate) == (0.80, 0.82)
    assert final.leak == oracle.leak == pytest.approx(0.02)


def test_where_classes_count_alike_it_is_their_mean_recall_that_is_compared():
    # labels 0, 1 and 2 have 67, 67 and 66 samples; all of class 2 are wrong
    right = [label != 2 for label in LABELS]
    own = [
        record(m, wrong(LABELS, right), LABELS, test_sha256=KEY, task=PAIRS[0], seed=s, step=800)
        for m in ("source_only", "dann")
        for s in (0, 1)
    ]
    paper = setting(PAIRS[:1])
    classes = {key: replace(at, metric=MEAN_CLASS) for key, at in paper.references.items()}
    made_ = reproduction(replace(paper, references={}), selection_rows(own, {KEY: ENTRY}))
    assert made_.entry("dann", PAIRS[0]).ours.estimate == pytest.approx(134 / 200)
    # of a method that is not compared, as no table of digits has this metric
    own_metric = replace(paper, references={("other", PAIRS[0]): next(iter(classes.values()))})
    made_ = reproduction(own_metric, selection_rows(own, {KEY: ENTRY}))
    assert made_.entry("dann", PAIRS[0]).ours.estimate == pytest.approx(2 / 3)
    assert "Target test mean class accuracy" in markdown(made_)


def test_tables_show_both_numbers_and_the_csv_has_all():
    result = made()
    header, rows = overview(result)
    assert header[:5] == ["method", "ours", "published", "difference", "verdict"]
    assert [row[0] for row in rows] == ["source only", "DANN"]
    assert rows[1][5:7] == ["+0.8", "+15.1"]
    _, cells = by_task(result)
    assert cells[1][:3] == ["DANN", "94.0 (91.7) =", "60.0 (95.2) ↓"]
    assert cells[2][1:] == ["80.0", "–", "–"]
    lines = list(csv.DictReader(io.StringIO(csv_text(result))))
    assert len(lines) == len(result.entries) == 7
    assert {line["verdict"] for line in lines} == {"", "reproduced", "below"}
    assert "94.0 (91.7) =" in markdown(result)
    assert r"$\downarrow$" in latex(result)


def test_nothing_is_said_of_checkpoints_where_there_is_one():
    header, _ = overview(made(setting(checkpoints=1)))
    assert header[-1] == "published gain"
    assert overview(made())[0][-1] == "oracle adds"


def test_words_count_what_the_table_shows():
    told = " ".join(sentences(made()))
    assert "Of 4 published numbers, 2 are met" in told
    assert "0 of ours are above and 2 below" in told
    # DANN gains on the first task as published, and loses on the second where it gained
    assert "in the published direction in 1 of 2 comparisons" in told
    assert told.endswith("Mind the gap.")
