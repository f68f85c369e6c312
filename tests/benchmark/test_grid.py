import json
import random
from dataclasses import replace
from itertools import groupby

import pytest
from small import suite

from da.benchmark import grid
from da.benchmark.commands import load_suite
from da.benchmark.grid import compose, digest, merge, parse_task

DIGITS = load_suite("digits")


def runs(*, methods=("source_only",), tasks=("fonts->uci",), seeds=(0,), **changes):
    return replace(DIGITS, methods=methods, tasks=tasks, seeds=seeds, **changes).runs()


def run(**changes):
    (only,) = runs(**changes)
    return only


def shuffled(content):
    """The same mapping with its keys in another order."""
    if not isinstance(content, dict):
        return content
    keys = list(content)
    random.Random(0).shuffle(keys)
    return {key: shuffled(content[key]) for key in keys}


def test_there_is_one_run_for_each_method_task_and_seed():
    every = DIGITS.runs()
    assert len(every) == len(DIGITS.methods) * len(DIGITS.tasks) * len(DIGITS.seeds)
    assert len({r.id for r in every}) == len(every)
    assert {(r.method, r.task, r.seed) for r in every} == {
        (m, t, s) for m in DIGITS.methods for t in DIGITS.tasks for s in DIGITS.seeds
    }


def test_source_only_comes_first_on_each_task():
    cells = groupby(DIGITS.runs(), key=lambda r: (r.seed, r.task))
    assert all(next(group).method == "source_only" for _, group in cells)


def test_ids_are_the_same_in_every_call_and_do_not_depend_on_the_order_of_keys():
    assert [r.id for r in DIGITS.runs()] == [r.id for r in DIGITS.runs()]
    config = run(methods=("dann",)).config
    assert json.dumps(shuffled(config)) != json.dumps(config)
    assert digest(shuffled(config)) == digest(config)


def test_a_suite_says_what_stands_as_source_only():
    floor = run(floor="shallow_nearest_neighbor")
    assert floor.method == "source_only"
    assert floor.config["model"]["class_path"] == "da.methods.Shallow"
    assert floor.id != run().id
    # and no other method is another
    assert run(methods=("dann",), floor="shallow_nearest_neighbor") == run(methods=("dann",))
    only, other = replace(DIGITS, floor="shallow_nearest_neighbor").select(["dann"]).methods
    assert (only, other) == ("source_only", "dann")


@pytest.mark.parametrize(
    "changes",
    [
        {"seeds": (1,)},
        {"tasks": ("uci->fonts",)},
        {"tasks": ("fonts->uci:partial",)},
        {"methods": ("deep_coral",)},
        {"checkpoints": 4},
        {"name": "other"},
    ],
)
def test_an_id_says_what_is_run(changes):
    assert run(methods=("dann",)).id != run(**{"methods": ("dann",), **changes}).id


@pytest.mark.parametrize(
    "yaml",
    [
        "model: {init_args: {optimizer: {init_args: {lr: 0.004}}}}",
        "model: {init_args: {backbone: {init_args: {out_features: 64}}}}",
        "model: {init_args: {width: 101}}",
        "data: {init_args: {batch_size: 65}}",
        "trainer: {max_steps: 501}",
    ],
)
def test_every_hyper_parameter_changes_id_and_job(yaml, tmp_path, monkeypatch):
    plain = run(methods=("dann",))
    folder = grid.folder
    for path in folder("experiments").rglob("*.yaml"):
        copy = tmp_path / path.relative_to(folder("experiments"))
        copy.parent.mkdir(exist_ok=True)
        copy.write_text(path.read_text())
    (tmp_path / "more.yaml").write_text(yaml)
    monkeypatch.setattr(grid, "folder", lambda name: tmp_path)
    assert run(methods=("dann",)) == plain
    more = run(methods=("dann",), extra=("more",))
    assert more.id != plain.id
    assert more.job != plain.job


def test_features_are_kept_for_the_showcase_and_its_first_seed_and_change_no_id():
    tasks = ("fonts->uci", "uci->fonts")
    first, second = (runs(tasks=tasks, seeds=(3, 4), showcase=task) for task in tasks)
    assert [r.id for r in first] == [r.id for r in second]
    assert [r.job for r in first] == [r.job for r in second]
    for chosen, task in ((first, tasks[0]), (second, tasks[1]), (runs(tasks=tasks), tasks[0])):
        kept = [(r.task, r.seed) for r in chosen if r.config["keep_features"]]
        assert kept == [(task, chosen[0].seed)]


@pytest.mark.parametrize(
    ("method", "tasks", "jobs"),
    [
        # What does not depend on the target is trained once for all targets ...
        ("source_only", ("fonts->uci", "fonts->uci-m", "fonts->syn"), 1),
        ("adabn", ("fonts->uci", "fonts->uci-m", "fonts->syn"), 1),
        ("source_only", ("uci->fonts", "uci->fonts:partial", "uci->syn:label_shift"), 1),
        ("source_only", ("uci->fonts", "uci->uci:halves"), 2),
        ("source_only", ("uci->fonts", "syn->fonts"), 2),
        # ... what depends on the target's labels alone, for all sources ...
        ("target_only", ("fonts->uci", "syn->uci"), 1),
        ("target_only", ("fonts->uci:partial", "syn->uci:partial"), 1),
        ("target_only", ("fonts->uci", "fonts->uci:partial", "fonts->uci:label_shift"), 3),
        ("target_only", ("fonts->uci", "fonts->syn"), 2),
        ("target_only_5", ("fonts->uci", "syn->uci"), 1),
        ("target_only", ("fonts->uci", "uci->uci:halves"), 2),
        # ... and what looks at both is trained for each task.
        ("dann", ("fonts->uci", "fonts->uci-m", "syn->uci", "fonts->uci:partial"), 4),
    ],
)
def test_trainings_are_shared_between_tasks_where_they_are_the_same(method, tasks, jobs):
    assert len({r.job for r in runs(methods=(method,), tasks=tasks)}) == jobs


def test_seeds_and_methods_share_no_training():
    every = runs(methods=("source_only", "adabn", "dann"), seeds=(0, 1))
    assert len({r.job for r in every}) == 6


def test_a_suite_declares_scenarios_as_arguments_of_its_data():
    tasks = ("source->target", "source->target:moved", "source->target:partial")
    plain, moved, partial = suite(
        methods=("source_only",), tasks=tasks, scenarios={"moved": {"delta": 2.0}}
    ).runs()
    assert "delta" not in plain.config["data"]["init_args"]
    assert moved.config["data"]["init_args"]["delta"] == 2.0
    assert partial.config["data"]["init_args"]["scenario"] == {"class_path": "da.data.Partial"}
    # Arguments of the data may change the source, so that its training is not shared.
    assert plain.job == partial.job != moved.job


def test_a_declared_scenario_is_part_of_the_id():
    ids = {
        suite(tasks=("source->target:moved",), scenarios={"moved": {"delta": delta}}).runs()[0].id
        for delta in (1.0, 2.0)
    }
    assert len(ids) == 2


def test_selecting_methods_keeps_source_only_and_the_rest_of_the_declaration():
    chosen = DIGITS.select(methods=["dan"])
    assert chosen.methods == ("source_only", "dan")
    assert chosen.tasks == DIGITS.tasks
    assert chosen.seeds == DIGITS.seeds
    assert DIGITS.select() == DIGITS


def test_selecting_takes_part_of_the_runs_with_their_ids():
    chosen = DIGITS.select(methods=["dan"], tasks=["uci->fonts"], seeds=[2]).runs()
    assert [(r.method, r.task, r.seed) for r in chosen] == [
        ("source_only", "uci->fonts", 2),
        ("dan", "uci->fonts", 2),
    ]
    assert {r.id for r in chosen} < {r.id for r in DIGITS.runs()}


def test_what_is_named_twice_is_run_once():
    tasks = ["uci->fonts", "uci->fonts"]
    chosen = DIGITS.select(methods=["dan", "source_only", "dan"], tasks=tasks, seeds=[1, 1])
    assert [r.method for r in chosen.runs()] == ["source_only", "dan"]


@pytest.mark.parametrize(
    ("choice", "sentence"),
    [
        ({"methods": ["dnn"]}, "there is no method 'dnn'; did you mean 'dann'?"),
        ({"methods": ["xyz"]}, "there is no method 'xyz'; there are adabn, "),
        ({"tasks": ["fonts-uci"]}, "a task is written source->target or .*; got 'fonts-uci'"),
        ({"tasks": ["fonts->"]}, "a task is written source->target or .*; got 'fonts->'"),
        ({"tasks": ["fonts->uci:"]}, "a task is written source->target or .*; got 'fonts->uci:'"),
        ({"tasks": ["fonts->uci:partail"]}, "no scenario 'partail'; did you mean 'partial'?"),
        ({"seeds": [0, -1]}, "seeds are non-negative; got -1"),
    ],
)
def test_answers_a_mistake_with_one_sentence(choice, sentence):
    with pytest.raises(ValueError, match=sentence) as error:
        DIGITS.select(**choice).runs()
    assert "\n" not in str(error.value)


def test_an_unknown_data_set_is_named():
    with pytest.raises(ValueError, match="there is no data set 'digist'; did you mean 'digits'?"):
        suite(data="digist").runs()


def test_a_task_has_a_source_a_target_and_perhaps_a_scenario():
    assert parse_task("uci->uci-m") == ("uci", "uci-m", "")
    assert parse_task("uci->uci-m:partial") == ("uci", "uci-m", "partial")


def test_later_files_win_key_by_key():
    first = {"a": {"b": 1, "c": [1, 2]}, "d": 3}
    assert merge(first, {"a": {"c": [4]}, "e": None}) == {
        "a": {"b": 1, "c": [4]},
        "d": 3,
        "e": None,
    }
    assert merge(first, {"a": 5}) == {"a": 5, "d": 3}
    assert first == {"a": {"b": 1, "c": [1, 2]}, "d": 3}


def test_composes_base_method_and_data():
    config = compose("methods/dann", "data/digits")
    assert config["model"]["class_path"] == "da.methods.DANN"
    assert config["data"]["class_path"] == "da.data.Digits"
    assert config["trainer"]["max_epochs"] == -1  # base.yaml
