from dataclasses import replace

import pytest

from da.benchmark.analysis import analyse
from da.benchmark.method_rows import many_methods, markdown_by_method
from da.benchmark.wording import method_name
from tests.benchmark.records import simulated_suite


@pytest.fixture(scope="module")
def analysis():
    return analyse(*simulated_suite(n=60))


def test_each_method_has_a_row_with_all_its_tasks(analysis):
    lines = markdown_by_method(analysis).splitlines()
    table = [line for line in lines if line.startswith("|")]
    assert len(table) == 2 + len(analysis.methods)
    assert {line.count("|") for line in table} == {len(analysis.tasks) + 3}
    cell = analysis.cell("dann", "uci->uci-m:partial")
    row = next(line for line in table if line.startswith(f"| {method_name('dann')} |"))
    assert f"{100 * cell.accuracy.estimate:.1f}" in row
    assert "▼" in row


def test_methods_stand_by_their_mean_difference_between_floor_and_ceiling(analysis):
    table = markdown_by_method(analysis).splitlines()[2 : 2 + len(analysis.methods)]
    names = [line.split("|")[1].strip() for line in table]
    assert names[0] == "source only"
    assert names[-1] == "target only"
    gains = {method_name(s.method): s.delta for s in analysis.summaries()}
    measured = [gains[name] for name in names[1:-1] if gains[name] is not None]
    assert measured == sorted(measured, reverse=True)


def test_more_than_ten_methods_are_many(analysis):
    assert not many_methods(analysis)
    copies = tuple(replace(cell, method=f"m{i}") for i in range(9) for cell in analysis.cells[:1])
    assert many_methods(replace(analysis, cells=analysis.cells + copies))
