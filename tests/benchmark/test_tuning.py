from da.benchmark.tuning import choose
from tests.benchmark.records import record, split

KEY, _ = split([0, 1, 2])
VARIANTS = {"dann#0": "dann", "dann#1": "dann"}


def scored(method, score, *, task="a->b", seed=0, step=800):
    entry = record(method, [0, 1, 2], [0, 1, 2], test_sha256=KEY, task=task, seed=seed, step=step)
    entry["validators"]["circv"] = {"value": score, "status": "ok"}
    return entry


def names(chosen):
    return [(r["method"]["name"], r["method"].get("variant"), r["train"]["step"]) for r in chosen]


def test_the_highest_score_decides_for_each_task_and_seed():
    records = [
        *(scored("dann#0", 0.7), scored("dann#1", 0.8)),
        *(scored("dann#0", 0.6, seed=1), scored("dann#1", 0.5, seed=1)),
        *(scored("dann#0", 0.2, task="b->a"), scored("dann#1", 0.1, task="b->a")),
    ]
    chosen = choose(records, VARIANTS)
    assert [(r["task"]["name"], r["seed"], r["method"]["variant"]) for r in chosen] == [
        ("a->b", 0, "dann#1"),
        ("a->b", 1, "dann#0"),
        ("b->a", 0, "dann#0"),
    ]
    assert {r["method"]["name"] for r in chosen} == {"dann"}


def test_all_checkpoints_of_the_chosen_one_stay_and_others_are_untouched():
    records = [
        *(scored("dann#0", 0.7, step=s) for s in (400, 800)),
        *(scored("dann#1", 0.6, step=s) for s in (400, 800)),
        scored("source_only", 0.9),
    ]
    chosen = choose(records, VARIANTS)
    assert names(chosen) == [
        ("dann", "dann#0", 400),
        ("dann", "dann#0", 800),
        ("source_only", None, 800),
    ]
    assert chosen[-1] is records[-1]
    assert records[0]["method"]["name"] == "dann#0"


def test_a_variant_without_a_score_is_taken_only_where_none_has_one():
    diverged = scored("dann#0", None)
    assert names(choose([diverged, scored("dann#1", 0.1)], VARIANTS))[0][1] == "dann#1"
    assert names(choose([scored("dann#1", None), diverged], VARIANTS))[0][1] == "dann#0"
