import numpy as np
import pytest

from da.benchmark.selection import FAMILIES
from da.benchmark.validator_problems import FULL, pools
from da.validators import normalized_information
from tests.benchmark.records import record, split, unfinished, wrong

LABELS = [0, 0, 1, 1, 2, 2]
KEY, _ = split(LABELS)


def run(method, *rights, seed=0, task="fonts->uci", **options):
    """Return records at steps 100, 200, ..., of which so many predictions are right."""
    return [
        record(
            method,
            wrong(LABELS, [i < right for i in range(6)]),
            LABELS,
            test_sha256=KEY,
            step=100 * i,
            seed=seed,
            task=task,
            **options,
        )
        for i, right in enumerate(rights, start=1)
    ]


def accuracies(found, problem):
    """Return the accuracies of each pool of a problem, in sixths."""
    return sorted(
        [round(6 * a) for a in pool.accuracies] for pool in found if pool.problem == problem
    )


SOURCE_ONLY = run("source_only", 1, 2)


def test_the_checkpoints_of_each_run_are_a_pool():
    found = pools(SOURCE_ONLY + run("dan", 3, 4, 5))
    assert accuracies(found, "step") == [[1, 2], [3, 4, 5]]
    assert {round(6 * pool.source_only) for pool in found} == {2}


def test_the_last_steps_of_the_variants_of_a_method_are_a_pool_the_default_last():
    records = run("dan", 0, 3) + run("dan@3", 0, 5) + run("dan@0.3", 0, 4) + run("dann", 0, 6)
    found = pools(SOURCE_ONLY + records)
    assert accuracies(found, "weight") == [[4, 5, 3]]


def test_the_last_steps_of_all_methods_are_a_pool_source_only_last():
    records = run("mcc", 0, 3) + run("mcc@3", 0, 5) + run("zoo", 0, 6)
    found = pools(SOURCE_ONLY + records)
    assert accuracies(found, "method") == [[3, 6, 2]]


def test_seeds_and_tasks_are_apart():
    other = run("source_only", 0, 4, seed=1) + run("dan", 0, 5, seed=1)
    more = run("source_only", 0, 1, task="uci->fonts") + run("dan", 0, 0, task="uci->fonts")
    found = pools(SOURCE_ONLY + run("dan", 0, 3) + other + more)
    assert accuracies(found, "method") == [[0, 1], [3, 2], [5, 4]]
    assert {(p.task, p.target) for p in found} == {
        (("digits", "fonts->uci"), "uci"),
        (("digits", "uci->fonts"), "fonts"),
    }


def test_a_run_that_diverged_is_a_guess_without_a_score():
    diverged = unfinished("dan", "diverged", "not finite", test_sha256=KEY)
    (pool,) = (p for p in pools([*SOURCE_ONLY, diverged]) if p.problem == "method")
    assert pool.accuracies == pytest.approx([1 / 3, 2 / 6])
    assert pool.passed.tolist() == [False, True]
    for name in pool.validators:
        assert np.isnan(pool.score(name, guarded=False)[0])


def test_what_is_no_candidate():
    absent = unfinished("adabn", "not_applicable", "no batch norm", test_sha256=KEY)
    ceiling = run("target_only", 5, 6)
    control = run("source_only", 1, 2, task="uci->uci:halves", scenario="halves")
    control += run("dan", 1, 2, task="uci->uci:halves", scenario="halves")
    without = run("dan", 3, 4, seed=7)
    found = pools([*SOURCE_ONLY, absent, *ceiling, *control, *without])
    assert [p.problem for p in found] == ["step"]
    assert accuracies(found, "step") == [[1, 2]]


def test_the_guard_is_that_of_source_only():
    weak = run("dan", 3, 4, s_val=0.8)
    found = {len(p.passed): p for p in pools(SOURCE_ONLY + weak) if p.problem == "method"}
    assert found[2].passed.tolist() == [False, True]


def test_information_for_the_prior_of_source_only_is_computed_from_the_records():
    prior = [0.6, 0.2, 0.2]
    source_only = run("source_only", 1, 2, target_prior=prior)
    (pool,) = (p for p in pools(source_only + run("dan", 3, entropy=0.4)) if p.problem == "method")
    expected = normalized_information(np.full(3, 1 / 3), 0.4, prior=np.array(prior))
    assert pool.scores["prior_matching"][0] == pytest.approx(expected)
    assert pool.scores["cheap"][0] == pytest.approx(expected)  # the priors differ by .27


def scored(records, table):
    """Set the scores of the four families."""
    for entry, values in zip(records, table, strict=True):
        for name, value in zip(FAMILIES, values, strict=True):
            entry["validators"][name] = {"value": value, "status": None}
    return records


def test_the_mean_rank_is_over_the_four_families():
    table = [[0.1, 0.2, 9, 1], [0.9, 0.9, -5, 1], [0.5, 0.5, 3, 1], [0.3, 0.1, 0, 1]]
    steps = scored(run("dan", 1, 2, 3, 4), table)
    (pool,) = (p for p in pools(SOURCE_ONLY + steps) if len(p.passed) == 4)
    # Ranks from the best, as without the last family, which ties: 4 3 1, 1 1 4, 2 2 2, 3 4 3
    expected = -(np.array([8, 6, 6, 10]) + 2.5) / 4
    np.testing.assert_allclose(pool.score(FULL, guarded=False), expected)
    assert FULL in pool.validators


def test_the_mean_rank_behind_the_guard_is_among_those_that_pass():
    steps = scored(run("dan", 1, 2, 3), [[3, 3, 3, 3], [1, 2, 1, 2], [2, 1, 2, 1]])
    steps[0]["metrics"]["s_val"]["acc"] = 0.5
    (pool,) = (p for p in pools(SOURCE_ONLY + steps) if len(p.passed) == 3)
    np.testing.assert_allclose(pool.score(FULL, guarded=True), [np.nan, -1.5, -1.5])
    np.testing.assert_allclose(pool.score(FULL, guarded=False), [-1, -2.5, -2.5])


def test_without_all_families_there_is_no_mean_rank():
    (pool,) = (p for p in pools(SOURCE_ONLY) if p.problem == "step")
    assert FULL not in pool.validators
    assert np.isnan(pool.score(FULL, guarded=True)).all()
