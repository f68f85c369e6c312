"""Golden values: the scores of curves by hand, along the whole way from records."""

import numpy as np
import pytest
from scipy.integrate import trapezoid

from da.benchmark.analysis import analyse
from da.benchmark.axes import place
from da.benchmark.stress import stress
from da.transfer import Verdict
from tests.benchmark.records import split, unfinished
from tests.benchmark.stress_records import entry, known, plausible

FIRST, SECOND = [4, 2, 0, -2, -6], [3, 1, -1, -3, -2]
FEW = {"resamples": 200}


def curve(result, method="dan", axis="covariate", pair="fonts->uci"):
    found = result.curve(pair, axis, method)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("delta", "area", "harm", "turn", "lowest"),
    [(FIRST, -0.0025, 0.0125, 0.625, -0.06), (SECOND, -0.00625, 0.011875, 0.5, -0.03)],
)
def test_two_curves(delta, area, harm, turn, lowest):
    scores = curve(stress(*known({"dan": delta}), **FEW)).scores
    assert scores.aurc.estimate == pytest.approx(area)
    assert scores.harm.estimate == pytest.approx(harm)
    assert scores.break_even.estimate == pytest.approx(turn)
    assert scores.worst.estimate == pytest.approx(lowest)


def test_break_even_without_materiality():
    result = stress(*known({"dan": FIRST}), "final", 0.0, **FEW)
    assert curve(result).scores.break_even.estimate == pytest.approx(0.5)


def test_relative_harm_is_a_share_of_what_source_only_knows():
    result = stress(*known({"dan": [-5] * 5}, n=120, level=60), **FEW)
    # 5 of 120 lost, where 60 of 120 is right and a guess among 3 classes would be right on 40
    assert curve(result).scores.relative_harm.estimate == pytest.approx(5 / 20)


def test_relative_harm_is_unknown_where_source_only_guesses():
    result = stress(*known({"dan": [-5] * 5}, n=120, level=[60, 60, 60, 60, 40]), **FEW)
    assert np.isnan(curve(result).scores.relative_harm.estimate)


def test_a_level_has_the_difference_of_the_table():
    records, splits = known({"dan": FIRST})
    cells = analyse(records, splits)
    for point in curve(stress(records, splits, **FEW)).points:
        cell = cells.cell("dan", f"fonts->uci:covariate@{point.level}")
        assert (point.delta, point.accuracy) == (cell.delta, cell.accuracy)


@pytest.fixture(scope="module")
def suite():
    return plausible(("label_shift", "partial", "small_target"), 3, n=120, draws=2)


@pytest.fixture(scope="module")
def report(suite):
    return stress(*suite, **FEW)


def test_intervals_hold_their_estimates(report):
    for c in report.curves:
        if c.scores:
            for interval in (c.scores.aurc, c.scores.harm, c.scores.worst):
                assert interval.low <= interval.estimate <= interval.high
            assert c.scores.harm.low >= 0
            assert c.scores.noise > 0


def test_the_order_of_records_does_not_matter(suite, report):
    records, splits = suite
    assert stress(records[::-1], splits, **FEW) == report


def test_draws_of_a_level_are_averaged():
    records, splits = known({"dan": [0, 0, 0, 0, 2]}, axis="partial")
    second, _ = known({"dan": [0, 0, 0, 0, -6]}, axis="partial")
    for r in second:
        if r["task"]["name"].endswith("@4"):
            r["task"] = r["task"] | {"name": "fonts->uci:partial@4.1"}
            records.append(r | {"run_id": r["run_id"] + "-1"})
    last = curve(stress(records, splits, **FEW), axis="partial").points[-1]
    assert last.draws == 2
    assert last.delta.estimate == pytest.approx(-0.02)


def test_label_shift_weighs_the_recalls(suite, report):
    records, splits = suite
    task = "fonts->uci:label_shift@4"
    both = {}
    for name in ("", ".1"):
        for method in ("source_only", "bnm"):
            recalls = []
            for r in records:
                if r["task"]["name"] == task + name and r["method"]["name"] == method:
                    recalls.append([right / n for n, right in r["metrics"]["t_test"]["per_class"]])
            key = f"label_shift-4-{int(bool(name))}"
            labels, weights = (np.array(splits[key][k]) for k in ("labels", "weights"))
            prior = np.bincount(labels, weights) / weights.sum()
            both[method, name] = float(prior @ np.mean(recalls, axis=0))
    expected = np.mean([both["bnm", d] - both["source_only", d] for d in ("", ".1")])
    point = report.curve("fonts->uci", "label_shift", "bnm").points[-1]
    assert point.delta.estimate == pytest.approx(expected)


def test_label_shift_is_also_scored_by_its_measured_size(report):
    c = report.curve("fonts->uci", "label_shift", "bnm")
    tv = np.array([point.covariates["tv"] for point in c.points])
    delta = np.array([point.delta.estimate for point in c.points])
    order = np.argsort(tv)
    assert c.by_tv.aurc.estimate == pytest.approx(trapezoid(delta[order], tv[order]))
    assert report.curve("fonts->uci", "partial", "bnm").by_tv is None


def test_levels_are_put_in_the_order_of_their_measured_size():
    records, splits = known({"dan": FIRST}, axis="label_shift")
    for r in records:
        r["covariates"] = {"tv": (0.1, 0.0, 0.2, 0.3, 0.5)[int(r["task"]["name"][-1])]}
    by_tv = curve(stress(records, splits, **FEW), axis="label_shift").by_tv
    area = trapezoid([0.02, 0.04, 0, -0.02, -0.06], [0, 0.1, 0.2, 0.3, 0.5])
    assert by_tv.aurc.estimate == pytest.approx(area)
    assert by_tv.break_even.estimate == pytest.approx(0.25)


def test_records_without_covariates_have_no_measured_size():
    c = curve(stress(*known({"dan": FIRST}, axis="label_shift"), **FEW), axis="label_shift")
    assert (c.by_tv, c.points[0].covariates) == (None, {})


def test_the_second_difference_is_from_adabn():
    result = stress(*known({"dan": FIRST, "adabn": [1] * 5}), **FEW)
    scores = curve(result).beyond_adabn
    assert scores.worst.estimate == pytest.approx(-0.07)
    assert curve(result).points[0].beyond_adabn.estimate == pytest.approx(0.03)
    assert curve(result, "adabn").beyond_adabn is None


def test_a_missing_level_is_bridged_and_said():
    c = curve(stress(*known({"dan": [4, 2, None, -2, -6]}), **FEW))
    assert c.notes == ("not measured at 2",)
    assert c.scores.harm.estimate == pytest.approx(0.0125)  # the curve is straight there
    assert c.complete


def test_a_curve_that_ends_early_is_left_out_over_all_axes():
    records, splits = known({"dan": [4, 2, 0, -2, None]})
    rest, _ = known({"dan": SECOND}, axis="spurious")
    result = stress(records + rest, splits, **FEW)
    assert not curve(result).complete
    assert curve(result).scores.harm.estimate == pytest.approx(0.0025)
    assert result.overall[0].axes == ("spurious",)
    assert result.overall[0].harm.estimate == pytest.approx(0.011875)


def test_over_all_axes_there_are_a_mean_and_a_worst():
    records, splits = known({"dan": FIRST})
    rest, _ = known({"dan": SECOND}, axis="spurious")
    (overall,) = stress(records + rest, splits, **FEW).overall
    assert overall.harm.estimate == pytest.approx((0.0125 + 0.011875) / 2)
    assert (overall.worst.estimate, overall.worst_axis) == (pytest.approx(0.0125), "covariate")
    assert overall.worst.high > overall.harm.high


def test_one_level_has_no_scores():
    c = curve(stress(*known({"dan": [4, None, None, None, None]}), **FEW))
    assert len(c.points) == 1
    assert c.scores is None


def test_one_seed_is_enough_for_a_curve():
    c = curve(stress(*known({"dan": FIRST}, seeds=(3,)), **FEW))
    assert c.seeds == (3,)
    assert c.scores.harm.estimate == pytest.approx(0.0125)
    assert c.scores.harm.high > c.scores.harm.estimate


def test_seeds_that_lack_a_level_are_left_out_and_said():
    records, splits = known({"dan": FIRST})
    records = [
        r
        for r in records
        if (r["method"]["name"], r["seed"], r["task"]["name"][-1]) != ("dan", 2, "3")
    ]
    c = curve(stress(records, splits, **FEW))
    assert c.seeds == (0, 1)
    assert "not all levels have seeds 2, which are left out" in c.notes


def test_a_failed_run_counts_as_a_guess():
    records, splits = known({"dan": FIRST})
    (key,) = splits
    lost = unfinished(
        "dan",
        "diverged",
        "the loss is not finite",
        test_sha256=key,
        n=100,
        task="fonts->uci:covariate@4",
        seed=2,
    )
    records = [r for r in records if r["run_id"] != lost["run_id"]]
    c = curve(stress([*records, lost], splits, **FEW))
    assert c.points[-1].failed == 1
    assert c.points[-1].accuracy.estimate == pytest.approx((0.44 + 0.44 + 1 / 3) / 3)
    assert "runs without a result count as a guess: 1 at 4" in c.notes


def test_a_method_that_does_not_apply_has_a_curve_without_points():
    records, splits = known({"dan": FIRST})
    (key,) = splits
    for level in range(5):
        task = f"fonts->uci:covariate@{level}"
        reason = "the network has no batch normalization"
        records.append(unfinished("adabn", "not_applicable", reason, test_sha256=key, task=task))
    c = curve(stress(records, splits, **FEW), "adabn")
    assert (c.points, c.notes) == ((), ("the network has no batch normalization",))


def test_verdicts_tell_shown_harm_from_noise():
    result = stress(*known({"dan": [30, 20, 0, -20, -30], "dann": [0, 0, 0, 0, -1]}), **FEW)
    assert curve(result).points[-1].verdict is Verdict.NEG_MATERIAL
    assert curve(result).hurts
    assert not curve(result, "dann").hurts


def test_verdicts_of_one_pair_do_not_depend_on_another():
    records, splits = known({"dan": [0, 0, 0, 0, -7]})
    more, _ = known({"dan": [0, 0, 0, 0, -7]}, pair="uci->fonts")
    for both in (records, records + more):
        # p is 0.0075: below 0.05 after 5 comparisons, not after 10
        point = curve(stress(both, splits, "final", 0.05, **FEW)).points[-1]
        assert point.verdict is Verdict.NEG


def test_where_a_task_lies():
    assert place({"name": "a->b:label_shift@3.1"}) == ("a->b", "label_shift", 3, 1)
    assert place({"name": "a->b:partial@0"}) == ("a->b", "partial", 0, 0)
    assert place({"name": "a->b:partial"}) is None
    assert place({"name": "a->b"}) is None


def test_tasks_on_no_axis_are_passed_over():
    records, splits = known({"dan": FIRST})
    (key,) = splits
    plain = entry(
        "dan", [True] * 100, [i % 3 for i in range(100)], task="fonts->uci", key=key, seed=0
    )
    assert stress([*records, plain], splits, **FEW) == stress(records, splits, **FEW)
    assert stress([plain], splits).curves == ()


def test_two_classes_of_one_sample_are_refused():
    records, splits = known({"dan": FIRST})
    labels = [(i + 1) % 3 for i in range(100)]
    _, splits["other"] = split(labels)
    task = "fonts->uci:spurious@0"
    for method in ("source_only", "dan"):
        records.append(entry(method, [True] * 100, labels, task=task, key="other", seed=0))
    with pytest.raises(ValueError, match="a test sample has one class at all levels; got classes"):
        stress(records, splits)


def test_two_suites_are_refused():
    records, splits = known({"dan": FIRST})
    records[0] = records[0] | {"suite": "other"}
    with pytest.raises(ValueError, match="got records of digits, other"):
        stress(records, splits)
