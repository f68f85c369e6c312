"""Six candidates whose regret and correlations are known, and suites built around them."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from da.benchmark.validator_outcomes import DEFAULT, ORACLE, RANDOM, pool_outcomes
from da.benchmark.validator_problems import Pool
from da.benchmark.validator_quality import leave_one_out, validator_quality
from da.benchmark.validator_rows import by_task, quality_rows, tasks_of
from tests.benchmark.records import simulated_suite

SCORES = np.array([0.1, 0.4, 0.3, 0.8, 0.9, 0.7])
ACCURACIES = np.array([0.50, 0.60, 0.62, 0.70, 0.55, 0.72])


def pool(scores=SCORES, accuracies=ACCURACIES, *, task="a->b", passed=None, source_only=0.57):
    known = np.ones(len(scores), bool) if passed is None else np.array(passed, bool)
    return Pool(
        problem="step",
        dataset="Digits",
        task=("digits", task),
        target=task.split("->")[1],
        accuracies=np.asarray(accuracies, float),
        scores={"entropy": np.asarray(scores, float)},
        passed=known,
        source_only=source_only,
    )


def rows(*found):
    made = quality_rows("step", found, pool_outcomes(found, 0.01), 200)
    return {(row.validator, row.guarded): row for row in made}


def test_golden_values_of_six_candidates():
    row = rows(pool())["entropy", False]
    assert row.regret.estimate == pytest.approx(0.17)
    assert row.normalized == pytest.approx(1.6190476, abs=1e-7)
    assert row.weighted_spearman == pytest.approx(-0.3321479039, abs=1e-9)
    assert row.spearman == pytest.approx(0.3142857143, abs=1e-9)
    assert (row.harmful, row.worst_tenth, row.blind) == (1, 0, 0)  # .55 is 2 points below


def test_references():
    found = rows(pool())
    assert found[ORACLE, False].regret.estimate == 0
    assert found[ORACLE, False].spearman == pytest.approx(1)
    assert found[RANDOM, False].normalized == pytest.approx(1)
    assert found[RANDOM, False].harmful == pytest.approx(2 / 6)
    assert found[RANDOM, False].spearman is None
    assert found[DEFAULT, False].regret.estimate == pytest.approx(0)  # the last is the best here
    assert (DEFAULT, True) not in found


def test_behind_the_guard_only_what_passes_is_selected():
    row = rows(pool(passed=[1, 1, 1, 1, 0, 1]))["entropy", True]
    assert row.regret.estimate == pytest.approx(0.02)
    # The one that fails ranks as low as the lowest, whatever its score
    assert row.spearman == pytest.approx(
        rows(pool([0.1, 0.4, 0.3, 0.8, 0.1, 0.7]))["entropy", False].spearman
    )


def test_if_none_passes_source_only_is_selected():
    row = rows(pool(passed=np.zeros(6)))["entropy", True]
    assert row.regret.estimate == pytest.approx(0.72 - 0.57)
    assert (row.harmful, row.spearman) == (0, None)


def test_without_a_score_the_default_is_taken_and_counted_as_blind():
    row = rows(pool(), pool(np.full(6, np.nan)))["entropy", False]
    assert row.regret.estimate == pytest.approx(0.17 / 2)
    assert row.blind == 0.5


def test_means_are_over_tasks_and_percentiles_over_selections():
    best, bad = [0, 0, 0, 0, 0, 1], [1, 0, 0, 0, 0, 0]
    found = rows(pool(best), pool(best), pool(best), pool(bad, task="a->c"))["entropy", False]
    assert found.regret.estimate == pytest.approx(0.22 / 2)
    assert (found.pools, found.tasks) == (4, 2)
    assert found.worst == pytest.approx(0.22)
    assert found.regret90 == pytest.approx(np.quantile([0, 0, 0, 0.22], 0.9))


def test_the_interval_draws_targets_with_all_their_tasks():
    best, bad = [0, 0, 0, 0, 0, 1], [1, 0, 0, 0, 0, 0]
    one = rows(pool(best, task="a->b"), pool(bad, task="c->b"))["entropy", False]
    assert one.regret.low == one.regret.high == pytest.approx(0.11)  # both tasks at once
    two = rows(pool(best, task="a->b"), pool(bad, task="a->c"))["entropy", False]
    assert (two.regret.low, two.regret.high) == pytest.approx((0, 0.22))


def test_the_best_is_compared_with_all_others_over_tasks():
    worse = [pool([1, 0, 0, 0, 0, 0], task=f"a->{i}") for i in range(8)]
    found = rows(*worse)
    assert found[DEFAULT, False].best
    assert found[ORACLE, False].p is None
    # All eight differ alike: 2 / 2**8, for each of two rivals
    assert found["entropy", True].p == pytest.approx(2 * 2 / 2**8)
    assert not found["entropy", True].among_best
    assert not found["entropy", False].best
    single = rows(pool([1, 0, 0, 0, 0, 0]))
    assert {row.p for row in single.values()} == {None}


@settings(max_examples=40, deadline=None)
@given(st.lists(st.floats(0, 1), min_size=2, max_size=8), st.integers(0, 10**6))
def test_nothing_beats_the_oracle_and_a_draw_is_worth_one(accuracies, seed):
    scores = np.random.default_rng(seed).permutation(len(accuracies)).astype(float)
    found = rows(pool(scores, accuracies))
    assert all(row.regret.estimate >= -1e-12 for row in found.values())
    stake = found[RANDOM, False].regret.estimate
    if stake > 1e-12:
        assert found[RANDOM, False].normalized == pytest.approx(1)
        regret = found["entropy", False].regret.estimate
        assert found["entropy", False].normalized == pytest.approx(regret / stake)


def test_means_by_task_leave_out_what_is_not_known():
    values = np.array([1.0, np.nan, 3.0, np.nan])
    found = by_task(values, np.array([0, 0, 0, 1]))
    assert found[0] == 2
    assert np.isnan(found[1])
    tasks, targets = tasks_of([pool(task="a->b"), pool(task="a->c"), pool(task="a->b")])
    assert tasks.tolist() == [0, 1, 0]
    assert targets == [("Digits", "b"), ("Digits", "c")]


@pytest.fixture(scope="module")
def quality():
    records, _ = simulated_suite()
    return validator_quality(records, resamples=200)


def test_old_records_have_rows_for_the_scores_that_they_hold(quality):
    names = {row.validator for row in quality.rows if not row.reference}
    assert names == {"source_accuracy", "information_maximization", "prior_matching", "cheap"}
    assert quality.problems == ("step", "method")
    assert (quality.datasets, quality.targets) == (("Digits",), 3)


def test_rows_are_sorted_by_regret(quality):
    for problem in quality.problems:
        regrets = [row.regret.estimate for row in quality.of(problem)]
        assert regrets == sorted(regrets)
        assert [row for row in quality.of(problem) if row.best]


def test_the_validator_for_a_target_is_chosen_by_the_others():
    accuracies, best, bad = [0.3, 0.9, 0.5], [0, 1, 0], [1, 0, 0]
    found = [
        replace(
            pool(best, accuracies, task=f"a->{target}", source_only=0.5),
            scores={"x": np.array(x, float), "y": np.array(y, float)},
        )
        for target, x, y in (("b", best, bad), ("c", bad, best))
    ]
    (held,) = leave_one_out("step", found, pool_outcomes(found, 0.01))
    # x is best on b and therefore used on c, where it costs .6; y the other way round
    assert held.choices == ("y", "x")
    assert held.regret == pytest.approx(0.6)
    assert held.in_sample == pytest.approx(0.3)
    assert (held.left_out, held.groups) == ("target domain", 2)
    assert leave_one_out("step", found[:1], pool_outcomes(found[:1], 0.01)) == []


def test_with_several_data_sets_each_is_left_out():
    records, _ = simulated_suite()
    other = [{**r, "suite": "office", "task": {**r["task"], "dataset": "Office"}} for r in records]
    quality = validator_quality([*records, *other], resamples=50)
    assert {(held.left_out, held.groups) for held in quality.held_out} == {("data set", 2)}
    assert quality.targets == 6


def test_no_records_no_rows():
    assert validator_quality([]).rows == ()
