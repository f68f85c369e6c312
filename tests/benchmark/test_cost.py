from functools import partial
from itertools import count
from types import SimpleNamespace

import pytest

from da.benchmark import cost as module
from da.benchmark.cost import WARM_UP, Stopwatch, cost, seconds
from da.methods import SourceOnly
from tests.benchmark.small import short, suite


def test_steps_that_warm_up_do_not_count():
    starts = [0.0, 9.0, 10.0, 11.0, 12.0, 13.0, 14.0, 15.0]
    assert len(starts) > WARM_UP
    assert module._per_step(starts, 99.0, 8) == 1.0
    # of three steps, one warms up
    assert module._per_step([0.0, 9.0, 10.0, 11.0], 99.0, 8) == pytest.approx(1.0)
    assert module._per_step([0.0, 9.0], 99.0, 8) == 9.0
    # fitted at once
    assert module._per_step([0.0], 8.0, 4) == 2.0


@pytest.mark.parametrize(("limit", "steps"), [(2.5, 4), (0.0, 2), (60.0, 5)])
def test_slow_steps_are_timed_until_the_limit(stripes, build, trainer, monkeypatch, limit, steps):
    # a clock by which each step takes a second
    clock = SimpleNamespace(perf_counter=partial(next, count(0.0, 1.0)))
    monkeypatch.setattr(module, "time", clock)
    watch = Stopwatch(limit)
    trainer(callbacks=[watch], log_every_n_steps=1).fit(build(SourceOnly), stripes())
    assert watch.starts == [float(second) for second in range(steps)]


def test_all_trainings_add_up_whatever_one_training_serves():
    benchmark = suite(seeds=(0, 1))
    step, device = seconds(short(benchmark)[0])
    assert 0 < step < 10
    assert device == "cpu"
    table = cost("Title", benchmark)
    columns = {column.header: list(column.cells) for column in table.columns}
    assert columns["method"] == ["source only", "AdaBN", "target only", "all"]
    assert columns["trainings"] == ["2", "2", "2", ""]
    assert "20 steps of each on cpu, or as many as took 60 seconds" in str(table.caption)
