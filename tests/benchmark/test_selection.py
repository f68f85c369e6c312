import pytest

from da.benchmark.selection import FAMILIES, ROWS, select
from tests.benchmark.records import record, split, unfinished, wrong

LABELS = [0, 0, 1, 1, 2, 2]
KEY, _ = split(LABELS)


def run(method, *checkpoints, seed=0, **identity):
    """Return records at steps 100, 200, ... of (number right, s_val, entropy) triples."""
    return [
        record(
            method,
            wrong(LABELS, [i < right for i in range(6)]),
            LABELS,
            test_sha256=KEY,
            step=100 * (i + 1),
            s_val=s_val,
            entropy=entropy,
            seed=seed,
            **identity,
        )
        for i, (right, s_val, entropy) in enumerate(checkpoints)
    ]


def step(records, row, method="dan"):
    (taken,) = [taken for taken in select(records, row) if taken.method == method]
    return taken.record["train"]["step"]


SOURCE_ONLY = run("source_only", (2, 0.8, 0.9), (3, 0.9, 0.8))


def test_final_takes_the_last_step_in_any_order_of_records():
    records = run("dan", (1, 0.9, 0.1), (2, 0.9, 0.2), (3, 0.9, 0.3))
    assert step(records[::-1], "final") == 300


def test_the_validator_takes_the_highest_information_among_those_that_pass_the_guard():
    # Step 100 is the most confident but has lost more than 3 points of source accuracy.
    records = SOURCE_ONLY + run("dan", (6, 0.86, 0.1), (1, 0.9, 0.3), (1, 0.9, 0.5))
    assert step(records, "validator") == 200


def test_the_guard_tolerates_exactly_three_points():
    records = SOURCE_ONLY + run("dan", (6, 0.87, 0.1), (1, 0.9, 0.3))
    assert step(records, "validator") == 100


def test_a_collapsed_checkpoint_is_not_selected():
    collapsed = run("dan", (6, 0.9, 0.0), mean_probabilities=[1.0, 0.0, 0.0])
    sound = [{**r, "train": {**r["train"], "step": 200}} for r in run("dan", (1, 0.9, 0.7))]
    assert step(SOURCE_ONLY + collapsed + sound, "validator") == 200


def test_without_a_checkpoint_that_passes_source_only_stands_in():
    records = SOURCE_ONLY + run("dan", (6, 0.5, 0.1), (6, 0.6, 0.1))
    (taken,) = [taken for taken in select(records, "validator") if taken.method == "dan"]
    assert taken.fallback
    assert taken.pool == 2
    assert taken.record["method"]["name"] == "source_only"
    assert taken.record["train"]["step"] == step(SOURCE_ONLY, "validator", "source_only")


def test_a_shifted_target_prior_of_source_only_changes_the_score():
    prior = [0.8, 0.1, 0.1]
    source_only = run("source_only", (3, 0.9, 0.8), target_prior=prior)
    balanced = run("dan", (1, 0.9, 0.3))
    skewed = run("dan", (1, 0.9, 0.3), mean_probabilities=prior)
    skewed[0]["train"]["step"] = 200
    assert step(source_only + balanced + skewed, "validator") == 200
    assert step(SOURCE_ONLY + balanced + skewed, "validator") == 100


def ranked(records, *table):
    """Set the scores of the four families, step by step."""
    for entry, scores in zip(records, table, strict=True):
        for name, score in zip(FAMILIES, scores, strict=True):
            entry["validators"][name] = {"value": score, "status": None}
    return records


def test_full_takes_the_best_mean_rank_among_those_that_pass_the_guard():
    # Ranks from the best among the last three: 1 2 2 3, 2 1 1 1, 3 3 3 2
    table = ((9, 9, 9, 9), (3, 2, 2, 1), (2, 3, 3, 3), (1, 1, 1, 2))
    checkpoints = ((6, 0.5, 0.4), (1, 0.9, 0.4), (2, 0.9, 0.4), (3, 0.9, 0.4))
    records = ranked(run("dan", *checkpoints), *table)
    assert step(SOURCE_ONLY + records, "full") == 300
    weak = ranked(run("dan", (6, 0.5, 0.4), (6, 0.5, 0.4)), *table[:2])
    (taken,) = [t for t in select(SOURCE_ONLY + weak, "full") if t.method == "dan"]
    assert taken.fallback


def test_ties_of_the_mean_rank_go_to_the_earlier_step():
    records = ranked(run("dan", (1, 0.9, 0.4), (2, 0.9, 0.4)), (1, 2, 1, 2), (2, 1, 2, 1))
    assert step(SOURCE_ONLY + records, "full") == 100


def test_a_score_without_a_value_ranks_last():
    records = ranked(run("dan", (1, 0.9, 0.4), (2, 0.9, 0.4)), (1, None, 1, 2), (1, 5, 1, 2))
    assert step(SOURCE_ONLY + records, "full") == 200


@pytest.mark.parametrize("known", [True, False], ids=["without a value", "not recorded"])
def test_full_ranks_by_the_families_that_have_scores_and_names_the_others(known):
    # information maximization and ensv prefer the second, of which the fourth has lost the source
    checkpoints = (1, 0.9, 0.4), (2, 0.9, 0.4), (3, 0.9, 0.4), (6, 0.5, 0.1)
    records = ranked(
        run("dan", *checkpoints), (1, 1, None, 2), (3, 1, None, 3), (2, 1, None, 1), (9, 9, None, 9)
    )
    if not known:
        for entry in records:
            del entry["validators"]["self_normalized_iwcv"]
    (taken,) = [t for t in select(SOURCE_ONLY + records, "full") if t.method == "dan"]
    assert taken.record["train"]["step"] == 200
    assert taken.note == "no score by self_normalized_iwcv: ranked by the others"
    weak = ranked(run("dan", (6, 0.5, 0.1), (6, 0.6, 0.1)), *[(1, 1, None, 1)] * 2)
    (taken,) = [t for t in select(SOURCE_ONLY + weak, "full") if t.method == "dan"]
    assert taken.fallback
    assert taken.record["method"]["name"] == "source_only"


@pytest.mark.parametrize("row", ["validator", "source_accuracy", "oracle"])
def test_ties_go_to_the_earlier_step(row):
    records = SOURCE_ONLY + run("dan", (2, 0.9, 0.4), (2, 0.9, 0.4), (2, 0.9, 0.4))
    assert step(records[::-1], row) == 100


def test_source_accuracy_and_oracle_each_take_their_own_maximum():
    records = run("dan", (5, 0.7, 0.4), (2, 0.9, 0.4), (2, 0.8, 0.4))
    assert step(records, "source_accuracy") == 200
    assert step(records, "oracle") == 100


def test_only_the_oracle_is_a_leak_and_it_tells_its_pool():
    records = SOURCE_ONLY + run("dan", (5, 0.9, 0.4), (2, 0.9, 0.4))
    for row in ROWS:
        assert all(taken.leak == (row == "oracle") for taken in select(records, row))
    assert {taken.pool for taken in select(records, "oracle")} == {2}


def test_a_method_trained_on_target_labels_keeps_its_last_step():
    records = SOURCE_ONLY + run("target_only", (6, 0.9, 0.1), (5, 0.2, 0.2))
    assert step(records, "validator", "target_only") == 200
    assert step(records, "source_accuracy", "target_only") == 200
    assert step(records, "oracle", "target_only") == 100


def test_without_a_finished_twin_the_validator_says_that_it_cannot_guard():
    diverged = unfinished("source_only", "diverged", "not finite", test_sha256=KEY)
    for records in (run("dan", (6, 0.9, 0.1), (5, 0.9, 0.4)),) * 2:
        for twin in ([], [diverged]):
            (taken,) = [t for t in select(records + twin, "validator") if t.method == "dan"]
            assert taken.record["train"]["step"] == 200
            assert "no source-only run" in taken.note


def test_the_twin_has_the_same_seed():
    strict = run("source_only", (3, 0.99, 0.8), seed=1)
    records = SOURCE_ONLY + strict + run("dan", (6, 0.9, 0.1)) + run("dan", (6, 0.9, 0.1), seed=1)
    taken = {t.record["seed"]: t for t in select(records, "validator") if t.method == "dan"}
    assert not taken[0].fallback
    assert taken[1].fallback


def test_a_run_that_diverged_is_taken_as_it_is():
    diverged = unfinished("dan", "diverged", "not finite", test_sha256=KEY)
    for row in ROWS:
        taken = [t for t in select([*SOURCE_ONLY, diverged], row) if t.method == "dan"]
        assert [t.record["status"] for t in taken] == ["diverged"]


def test_two_runs_of_one_method_task_and_seed_are_refused():
    records = run("dan", (1, 0.9, 0.1)) + run("dan", (2, 0.9, 0.1), run_id="other")
    with pytest.raises(ValueError, match="dan has 2 runs of fonts->uci with seed 0"):
        select(records, "final")


def test_an_unknown_row_is_refused():
    with pytest.raises(ValueError, match="there is no selection row 'best'; there are final"):
        select(SOURCE_ONLY, "best")
