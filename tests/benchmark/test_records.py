import json
from importlib.metadata import version

import pytest
from small import short, suite

from da.benchmark import environment as module
from da.benchmark.environment import environment
from da.benchmark.records import failure, identity


@pytest.fixture
def run():
    return short(suite(methods=("dann",), tasks=("source->target:label_shift",), seeds=(3,)))[0]


def test_a_record_names_its_run(run):
    record = identity(run)
    assert record["run_id"] == run.id
    assert (record["suite"], record["seed"], record["schema"]) == ("small", 3, "1")
    assert record["validator_version"] == "1"
    assert record["method"]["name"] == "dann"
    assert record["method"]["class"] == "da.methods.DANN"
    assert record["method"]["hp"]["width"] == 100
    assert record["task"] == {
        "name": "source->target:label_shift",
        "dataset": "Gaussians",
        "source": "source",
        "target": "target",
        "scenario": "label_shift",
        **{"axis": None, "level": None, "draw": None},
    }
    assert record["train"] == {"steps": 12, "step": None}


def test_a_record_says_where_on_a_stress_axis_it_stands():
    (run,) = suite(methods=("dann",), tasks=("source->target:source_noise@3",), seeds=(3,)).runs()
    task = identity(run)["task"]
    assert (task["axis"], task["level"], task["draw"]) == ("source_noise", 3, 0)
    assert task["scenario"] == "source_noise@3"


def test_a_failure_has_all_fields_of_a_result_without_its_numbers(run):
    record = failure(run, "failed", "MemoryError: out of luck")
    assert (record["status"], record["reason"]) == ("failed", "MemoryError: out of luck")
    empty = ("split", "backbone", "metrics", "label_shift", "predictions", "correct")
    assert all(record[key] is None for key in empty)
    assert json.loads(json.dumps(record)) == record


def test_the_environment_names_versions_and_the_commit():
    found = environment()
    assert found["torch"] == version("torch")
    assert found["pytorch-lightning"] == version("pytorch-lightning")
    assert found["code_commit"] is None or len(found["code_commit"]) == 40
    assert found["dirty"] in (None, False, True)


def test_outside_a_repository_there_is_no_commit(monkeypatch, tmp_path):
    monkeypatch.setattr(module, "__file__", str(tmp_path / "da" / "benchmark" / "environment.py"))
    found = environment.__wrapped__()
    assert found["code_commit"] is found["dirty"] is None
    assert found["numpy"] == version("numpy")
