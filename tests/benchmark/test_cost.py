from functools import partial
from itertools import count
from types import SimpleNamespace

import pytest
import torch
from torch import nn

from da.backbones import Backbone
from da.benchmark import cost as module
from da.benchmark.cost import WARM_UP, Cost, Stopwatch, costs, load, measure, save, table
from da.methods import SourceOnly
from tests.benchmark.small import short, suite


class Flat(Backbone):
    out_features = 16

    def __init__(self, in_channels):
        super().__init__()
        self.layers = nn.Sequential(nn.Flatten(), nn.Linear(784, 16))

    def forward(self, inputs):
        return self.layers(inputs)


def test_steps_that_warm_up_do_not_count():
    times = [0.0, 9.0, 10.0, 11.0, 12.0, 13.0, 14.0, 15.0]
    assert len(times) > WARM_UP
    assert module._per_step(times) == 1.0
    # of three steps, one warms up
    assert module._per_step([0.0, 9.0, 10.0, 11.0]) == pytest.approx(1.0)
    assert module._per_step([0.0, 9.0]) == 9.0


@pytest.mark.parametrize(("limit", "steps"), [(2.5, 3), (0.0, 1), (60.0, 5)])
def test_slow_steps_are_timed_until_the_limit(stripes, build, trainer, monkeypatch, limit, steps):
    # clocks by which each step takes a second
    ticks = partial(next, count(0.0, 1.0))
    monkeypatch.setattr(module, "time", SimpleNamespace(perf_counter=ticks, process_time=ticks))
    watch = Stopwatch(limit)
    trainer(callbacks=[watch], log_every_n_steps=1).fit(build(SourceOnly), stripes())
    assert watch.times == [float(second) for second in range(steps + 1)]


@pytest.mark.parametrize(("threads", "clock"), [(1, "processor"), (2, "wall")])
def test_one_thread_is_timed_by_the_processor(monkeypatch, threads, clock):
    clocks = SimpleNamespace(perf_counter=lambda: "wall", process_time=lambda: "processor")
    monkeypatch.setattr(module, "time", clocks)
    monkeypatch.setattr(module.torch, "get_num_threads", lambda: threads)
    watch = Stopwatch()
    watch._note(torch.device("cpu"))
    assert watch.times == [clock]


def test_operations_of_a_step_are_those_of_its_matrix_products(stripes, build, trainer):
    # 784 -> 16 -> 3 units on 12 source images: each product once forward and twice backward, but
    # that the images need no gradient
    watch = Stopwatch()
    trainer(callbacks=[watch], log_every_n_steps=1).fit(build(SourceOnly, network=Flat), stripes())
    assert watch.flop == 2 * 12 * (2 * 784 * 16 + 3 * 16 * 3)


def test_all_trainings_add_up_whatever_one_training_serves():
    benchmark = suite(seeds=(0, 1))
    step, flop, device = measure(short(benchmark)[0])
    assert 0 < step < 10
    assert flop > 0
    assert device.startswith("cpu, ")
    found, device = costs(benchmark)
    assert [cost.trainings for cost in found.values()] == [2, 2, 2]
    shown = table("Title", found, device)
    columns = {column.header: list(column.cells) for column in shown.columns}
    assert columns["method"] == ["source only", "AdaBN", "target only", "all"]
    assert columns["trainings"] == ["2", "2", "2", ""]
    assert f"20 steps of each on {device}, or as many as took 60 seconds" in str(shown.caption)


def test_hours_and_operations_are_of_all_steps_of_all_trainings():
    whole = Cost(step_s=0.5, step_flop=10**13, steps=7200, trainings=5)
    assert whole.hours == 5.0
    shown = table("Title", {"dann": whole, "adabn": None}, "cpu")
    assert [list(column.cells) for column in shown.columns][2] == ["10.0000", "–", ""]
    # 5 x 7200 steps of 10 TFLOP are 360 PFLOP: ten hours at 10 TFLOP/s
    assert "360.0 PFLOP in all" in str(shown.caption)
    assert "needs 10.00 hours at least" in str(shown.caption)


def test_costs_of_settings_are_kept_beside_each_other(tmp_path):
    path = tmp_path / "costs.json"
    first, second = Cost(0.5, 10**13, 7200, 5), Cost(0.25, 0, 100, 1)
    save(path, "digits", {"dann": first, "adabn": None}, "cpu, 2 threads")
    save(path, "office", {"dann": first}, "a GPU")
    save(path, "digits", {"dann": second, "adabn": None}, "cpu, 1 thread")
    assert load(path.with_name("none.json")) == {}
    assert load(path) == {"digits": ([second], "cpu, 1 thread"), "office": ([first], "a GPU")}
