"""What a step costs is measured on the training that the benchmark does."""

import json
import re

import pytest
import torch

from da.benchmark import method_speed
from da.benchmark.grid import folder
from da.benchmark.method_files import names


@pytest.fixture(autouse=True)
def same_threads():
    threads = torch.get_num_threads()
    yield
    torch.set_num_threads(threads)


def test_measures_each_method_against_source_only_on_its_own_network(monkeypatch):
    asked = []

    def seconds_per_step(method, extra=(), *, steps):
        asked.append((method, tuple(extra)))
        return {"source_only": 2.0, "adabn": 3.0}.get(method, 8.0) + bool(extra)

    monkeypatch.setattr(method_speed, "seconds_per_step", seconds_per_step)
    monkeypatch.setattr(
        method_speed, "network_for", lambda method: ("bn",) if method == "adabn" else ()
    )
    measured = method_speed.measure(["dann", "adabn"], rounds=3)
    assert asked[:4] == [
        *(("source_only", ()), ("dann", ())),
        *(("source_only", ("bn",)), ("adabn", ("bn",))),
    ]
    assert len(asked) == 12
    assert measured["ratios"] == {"dann": [4.0, 4.0, 4.0], "adabn": [1.333, 1.333, 1.333]}
    assert measured["source_only_ms"] == 2000
    assert measured["torch"] == torch.__version__.split("+")[0]


def test_counts_all_steps_but_the_first(monkeypatch):
    ticks = iter([0.0, *(1000 + step**2 for step in range(21))])  # at once long, then ever longer
    monkeypatch.setattr(method_speed.time, "process_time", lambda: next(ticks))
    assert method_speed.seconds_per_step("source_only", steps=20) == 20.0


def test_methods_that_need_batch_normalization_get_it():
    assert method_speed.network_for("dsbn") == ("network/batch_norm",)
    assert method_speed.network_for("fixmatch") == ()
    with pytest.raises(ValueError, match="there is no method 'dsbm'; did you mean 'dsbn'"):
        method_speed.network_for("dsbm")


def test_a_measurement_is_written_with_one_method_a_line(tmp_path):
    measured = {"torch": "2", "ratios": {"mcd": [3.5, 3.0, 4.0], "dan": [2.0, 1.5, 2.5]}}
    method_speed.save(tmp_path / "speed.json", measured)
    text = (tmp_path / "speed.json").read_text()
    assert json.loads(text) == measured
    assert re.search(r'^    "dan": \[2.0, 1.5, 2.5\],\n    "mcd": ', text, re.M)


def test_the_committed_measurement_holds_every_method_that_takes_steps():
    measured = json.loads((folder("benchmarks") / "speed.json").read_text())
    assert list(measured["ratios"]) == method_speed.timed()
    assert set(measured["ratios"]) <= set(names())
    assert re.fullmatch(r"[0-9a-f]{40}", measured["code_commit"])
    assert measured["dirty"] is False
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", measured["date"])
    for middle, low, high in measured["ratios"].values():
        assert 0 < low <= middle <= high
    assert measured["ratios"]["source_only"][0] == pytest.approx(1, abs=0.1)
