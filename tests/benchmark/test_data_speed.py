import pytest

from da.benchmark import data_speed
from da.benchmark.data_speed import Throughput, batches_per_second, table


def test_the_ratio_is_how_many_batches_are_made_during_a_step():
    assert Throughput("memory", 5000.0, "DANN", 200.0).ratio == 25


def test_batches_are_made_without_training(stripes, monkeypatch):
    monkeypatch.setattr(data_speed, "BATCHES", 3)
    times = iter([10.0, 10.5])
    monkeypatch.setattr(data_speed.time, "perf_counter", lambda: next(times))
    assert batches_per_second(stripes(shift=1)) == pytest.approx(6)


def test_a_line_says_what_feeds_whom_and_how_well():
    head, line = table([Throughput("memory", 5000.0, "DANN", 200.0)]).splitlines()
    assert head.split() == ["feed", "batches/s", "method", "steps/s", "ratio"]
    assert line.split() == ["memory", "5,000", "DANN", "200.0", "25.0"]
    assert len(head) == len(line)


def test_images_a_second_count_whole_batches(stripes, monkeypatch):
    times = iter([10.0, 12.0])
    monkeypatch.setattr(data_speed.time, "perf_counter", lambda: next(times))
    assert data_speed.images_per_second(stripes(), "light", 4) == pytest.approx(64)


def test_a_line_says_what_the_cache_is_worth():
    head, line = data_speed.image_table([data_speed.Reading("dslr", 40.0, 1600.0)]).splitlines()
    assert head.endswith("files    cache   ratio")
    assert line.split() == ["dslr", "40", "1,600", "40.0"]
    assert len(head) == len(line)


def test_one_pass_takes_as_long_as_its_domains_together():
    readings = [
        data_speed.Reading("amazon", 100.0, 1000.0),
        data_speed.Reading("dslr", 10.0, 500.0),
    ]
    whole = data_speed.one_pass(readings, [200, 50])  # 2 s + 5 s, and 0.2 s + 0.1 s
    assert whole.files == pytest.approx(250 / 7)
    assert whole.cache == pytest.approx(250 / 0.3)
