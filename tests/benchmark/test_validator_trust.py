"""One table of validators over several data sets."""

import copy
import re
from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import rankdata

from da.__main__ import main
from da.benchmark.selection import FAMILIES
from da.benchmark.validator_command import END, START
from da.benchmark.validator_outcomes import DEFAULT, ORACLE, RANDOM
from da.benchmark.validator_quality import validator_quality
from da.benchmark.validator_trust import Trust, markdown, table, trust
from tests.benchmark.records import simulated_suite


def suite(dataset, seed):
    records = copy.deepcopy(simulated_suite()[0])
    rng = np.random.default_rng(seed)
    for record in records:
        record["suite"] = record["task"]["dataset"] = dataset
        for name in FAMILIES if record["metrics"] else ():
            record["validators"][name] = {"value": float(rng.random()), "status": None}
    return records


@pytest.fixture(scope="module")
def parts():
    return [suite("Digits", 1), suite("Office", 2)]


@pytest.fixture(scope="module")
def found(parts):
    return trust([*parts[0], *parts[1]])


def test_costs_are_over_the_tasks_of_all_data_sets(found, parts):
    qualities = [validator_quality(part, resamples=10) for part in parts]
    for problem in found.quality.problems:
        for name in FAMILIES:
            halves = [q.row(problem, name, guarded=True).regret.estimate for q in qualities]
            # as many tasks in one as in the other
            joint = found.row(problem, name).regret.estimate
            assert joint == pytest.approx(sum(halves) / 2)


def test_ranks_are_means_over_problems_and_data_sets(found, parts):
    ranks = []
    for part in parts:
        quality = validator_quality(part, resamples=10)
        for problem in quality.problems:
            rows = {r.validator: r for r in quality.of(problem) if r.validator != ORACLE}
            by_regret = rankdata([round(r.regret.estimate, 9) for r in rows.values()])
            ranks.append(dict(zip(rows, by_regret, strict=True)))
    for name, rank in found.ranks.items():
        assert rank == pytest.approx(np.mean([of[name] for of in ranks]))
    assert {DEFAULT, RANDOM} < set(found.ranks)
    assert ORACLE not in found.ranks


def test_the_table_says_what_the_numbers_are(found):
    header, *rows = table(found)
    assert [row[-1] for row in rows] == sorted((row[-1] for row in rows), key=float)
    problems = found.quality.problems
    assert len(header) == len(problems) + 3
    for name, row in zip(found.order, rows, strict=True):
        for problem, text in zip(problems, row[1:], strict=False):
            cost = found.row(problem, name)
            shown = text.replace("−", "-")
            number, low, high = map(float, re.findall(r"-?[\d.]+", shown))
            interval = cost.regret
            assert (number, low, high) == pytest.approx(
                (100 * interval.estimate, 100 * interval.low, 100 * interval.high), abs=0.005
            )
            assert text.startswith("**") == (cost.among_best and found.separates(problem))
    assert markdown(found).count("\n|") == len(rows) + 1
    assert "2 data sets" in markdown(found)


def test_where_nothing_is_separated_nothing_is_bold_and_it_is_said(found):
    rows = [found.row("step", name) for name in found.ranks]
    assert not found.separates("step")  # six tasks, and 2 / 2 ** 6 is no p-value for so many tests
    assert "**" not in markdown(found)
    assert "the tasks are too few" in markdown(found)
    lost = replace(found.row("step", DEFAULT), p=0.01, best=False)
    kept = [row for row in found.quality.rows if row != found.row("step", DEFAULT)]
    sure = Trust(replace(found.quality, rows=(*kept, lost)), found.ranks)
    assert sure.separates("step")
    assert markdown(sure).count("**") == 2 * (len(rows) - 1)
    assert "too few" not in markdown(sure)


def test_without_a_choice_there_is_nothing_to_compare():
    with pytest.raises(ValueError, match="nothing to select from"):
        trust([])


def test_the_command_writes_between_its_marks(monkeypatch, tmp_path, parts, found):
    by_folder = dict(zip(("a", "b"), parts, strict=True))
    monkeypatch.setattr("da.benchmark.results.read", lambda path: (by_folder[path.name], {}))
    readme = tmp_path / "README.md"
    readme.write_text(f"before\n{START}\nold\n{END}\nafter\n")
    assert main(["validators", "a", "b", "--readme", str(readme)]) == 0
    assert readme.read_text() == f"before\n{START}\n{markdown(found)}\n{END}\nafter\n"


def test_the_command_prints_the_table_and_what_it_tells(monkeypatch, capsys, parts):
    monkeypatch.setattr("da.benchmark.results.read", lambda path: (parts[0], {}))
    assert main(["validators", "a"]) == 0
    shown = capsys.readouterr().out
    assert "none" in shown
    assert "does best" in shown
