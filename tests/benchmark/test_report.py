import pytest

from da.benchmark.publish import pictures, section, tables, told
from da.benchmark.report import make_report, off_axes
from da.benchmark.results import files, sentences
from tests.benchmark.records import simulated_suite
from tests.benchmark.stress_records import known


@pytest.fixture(scope="module")
def suite():
    return simulated_suite(n=60)


@pytest.fixture(scope="module")
def stressed():
    clean, splits = known({"dan": [1, 0, -2, -4, -9]}, axis="covariate")
    noisy, more = known({"dan": [1, 0, 0, -1, -1]}, axis="source_noise")
    return make_report([*clean, *noisy], splits | more)


def test_a_suite_of_tasks_has_no_curves_and_no_pools(suite):
    report = make_report(*suite)
    assert (report.stress, report.validators) == (None, None)
    assert report.suite is not None
    assert set(files(report)) == {
        *("table.md", "table.tex", "cells.csv", "story.md", "suite.md", "suite.tex"),
    }
    assert set(pictures(report)) == {"accuracy"}
    assert told(report) == sentences(report)[: len(told(report))]


def test_one_task_is_no_suite(suite):
    records, splits = suite
    task = records[0]["task"]["name"]
    assert make_report([r for r in records if r["task"]["name"] == task], splits).suite is None


def test_curves_stand_beside_the_clean_task_alone(stressed):
    assert stressed.analysis.tasks == ("fonts->uci:source_noise@0",)
    assert stressed.stress.axes == ("source_noise", "covariate")
    assert {"stress.md", "stress.tex", "stress.csv"} < set(files(stressed))
    assert set(pictures(stressed)) == {"stress-differences-fonts-uci", "stress-accuracy-fonts-uci"}
    assert len(tables(stressed)) == 1


def test_tasks_on_no_axis_are_what_the_tables_are_about(suite):
    records, _ = suite
    levels, _ = known({"dan": [0, 0, 0, 0, 0]})
    assert off_axes([*records, *levels]) == records


def test_where_no_axis_starts_from_the_clean_task_its_first_level_stands_for_it():
    records, _ = known({"dan": [0, 0, 0, 0, 0]}, axis="partial")
    assert {r["task"]["name"] for r in off_axes(records)} == {"fonts->uci:partial@0"}


def test_variants_of_a_method_are_a_pool_to_select_from(suite):
    records, splits = suite
    renamed = [
        {**r, "run_id": r["run_id"] + "v", "method": {**r["method"], "name": "dann@3"}}
        for r in records
        if r["method"]["name"] == "dann"
    ]
    report = make_report([*records, *renamed], splits)
    assert "validators.md" in files(report)
    assert set(pictures(report)) == {"validators", "validator_harm"}


def test_a_selection_without_its_scores_is_refused(suite):
    with pytest.raises(ValueError, match="scores that the selection 'full' ranks by; choose final"):
        make_report(*suite, "full")


def test_a_section_says_how_long_the_shortest_and_the_longest_run_is(suite):
    records, splits = suite
    env = {"code_commit": "0123456789ab", "dirty": False, "torch": "2.9.0"}

    def line(longer):
        made = []
        for r in records:
            steps = longer if r["method"]["name"] == "dan" else 500
            made.append({**r, "env": env, "train": {**r["train"], "steps": steps}})
        return section(made, splits, "folder", select="final").splitlines()[-1]

    assert line(500).startswith("500 steps a run, torch 2.9.0, code 0123456789; ")
    assert line(1500).startswith("500 to 1500 steps a run, torch 2.9.0")
