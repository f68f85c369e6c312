from da.benchmark.validator_speed import seconds, table


def test_every_validator_of_one_model_is_measured():
    times = seconds(samples=60, features=4, classes=3, rounds=2)
    assert {"source_accuracy", "neighborhood_density", "class_silhouette", "devn"} <= times.keys()
    assert {"density_ratio", "target_clusters"} <= times.keys()
    assert all(value > 0 for value in times.values())


def test_a_line_tells_milliseconds_and_the_last_one_their_sum():
    first, second, last = table({"entropy": 0.002, "atc": 1.5}).splitlines()
    assert first.split() == ["entropy", "2.0", "ms"]
    assert second.split() == ["atc", "1,500.0", "ms"]
    assert last.split() == ["all", "1,502.0", "ms"]
