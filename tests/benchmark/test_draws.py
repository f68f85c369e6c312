from da.benchmark.analysis import analyse
from da.benchmark.draws import drawn_pairs, markdown_over_draws
from tests.benchmark.records import record, split

LABELS = [0, 1] * 10


def drawn(right):
    """Return the analysis of one seed on the draws of a pair, with so many of 20 items right."""
    key, entry = split(LABELS)
    records = []
    for method, numbers in right.items():
        for draw, number in enumerate(numbers):
            guesses = [y if i < number else 1 - y for i, y in enumerate(LABELS)]
            task = f"a->b:draw{draw}"
            records.append(record(method, guesses, LABELS, test_sha256=key, task=task))
    return analyse(records, {key: entry})


def test_draws_of_a_pair_are_averaged_and_spread():
    text = markdown_over_draws(drawn({"source_only": [10, 12, 14], "dan": [20, 20, 20]}))
    assert "| a→b | 60.0 ±10.0 | 100.0 ±0.0 |" in text
    assert "| mean | 60.0 | 100.0 |" in text
    assert text.endswith("over 3 draws.\n")


def test_a_method_that_misses_a_draw_has_no_mean():
    text = markdown_over_draws(drawn({"source_only": [10, 12], "dan": [20]}))
    assert "| a→b | 55.0 ±7.1 | n/a |" in text


def test_one_draw_is_no_sample_of_draws():
    assert drawn_pairs(drawn({"source_only": [10]})) == {}
