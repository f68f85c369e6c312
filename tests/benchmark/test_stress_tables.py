import csv
import io
import math

import pytest

from da.benchmark.stress import stress
from da.benchmark.stress_csv import COLUMNS, csv_text
from da.benchmark.stress_rows import level_text, notes, share
from da.benchmark.stress_story import story
from da.benchmark.stress_tables import latex, markdown
from da.transfer import PercentileInterval
from tests.benchmark.stress_records import known

FEW = {"resamples": 200}


@pytest.fixture(scope="module")
def report():
    records, splits = known(
        {"dan": [30, 20, 0, -20, -30], "dann": [10, 9, None, 9, None], "adabn": [5] * 5}
    )
    rest, _ = known(
        {"dan": [20] * 5, "adabn": [-20] * 5, "dann": [-30] * 5},
        axis="unrelated_source",
        level=[60, 55, 50, 40, 36],
    )
    return stress(records + rest, splits, **FEW)


def test_markdown_holds_harm_worst_and_break_even(report):
    table = markdown(report).splitlines()
    assert table[2] == "| method | unrelated source | covariate |"
    line = next(x for x in table if x.startswith("| DAN |")).split(" | ")
    harm, worst, turn = line[2].removesuffix(" |").split("<br>")
    assert harm.startswith(r"**8.8 \[")
    assert worst.startswith(r"**−30.0 \[")
    assert turn == r"s\* 0.51"
    assert "**" not in line[1]


def test_every_row_has_as_many_cells_as_its_header(report):
    width = 0
    for line in markdown(report).splitlines():
        cells = line.count("|") if line.startswith("|") else 0
        assert not (cells and width) or cells == width
        width = cells


def test_a_curve_that_ends_early_is_marked_and_explained(report):
    text = markdown(report)
    line = next(x for x in text.splitlines() if x.startswith("| DANN |"))
    assert "]†<br>" in line
    assert "† not measured from end to end." in text
    assert notes(report) == ["DANN on fonts→uci, covariate: not measured at 2, 4"]


def test_the_second_reference_has_a_table_of_its_own(report):
    text = markdown(report)
    part = text[text.index("against source-only with AdaBN") :]
    assert part.index("| DAN |") < part.index("HARM: accuracy")
    assert "| AdaBN |" not in part


def test_latex_has_a_tabular_and_comments(report):
    text = latex(report)
    assert text.count(r"\begin{tabular}{lrr}") == text.count(r"\end{tabular}") == 1
    assert r"\textbf{$-$30.0 [" in text
    assert r"$s^*$ 0.51" in text
    for line in text.split(r"\end{tabular}")[1].strip().splitlines():
        assert line.startswith("%")


def test_csv_has_a_row_for_each_level(report):
    lines = list(csv.DictReader(io.StringIO(csv_text(report))))
    assert tuple(lines[0]) == COLUMNS
    assert len(lines) == sum(len(c.points) for c in report.curves)
    last = next(
        x for x in lines if (x["axis"], x["method"], x["level"]) == ("covariate", "dan", "4")
    )
    assert (last["delta"], last["harm"], last["worst"]) == ("-0.300000", "0.087500", "-0.300000")
    assert last["verdict"] == "NEG_MATERIAL"
    assert last["seeds"] == "0 1 2"


def test_a_share_of_nothing_is_a_dash():
    assert share(PercentileInterval(0.455, 0.012, 0.9)) == "45.5 [1.2, 90.0]"
    for bound in (math.inf, math.nan):
        assert share(PercentileInterval(0.455, -bound, bound)) == "–"


def test_nothing_to_report_is_said():
    empty = stress([], {})
    assert markdown(empty) == "No method was tested under stress.\n"
    assert story(empty) == ["No method was tested under stress."]
    assert csv_text(empty).count("\n") == 1


def test_a_strength_lies_at_a_level_or_between_two():
    assert level_text("label_shift", 0.625) == "between 3 and 1"
    assert level_text("label_shift", 0.75) == "at 1"
    assert level_text("label_shift", 0.0) == "at ∞"


def test_the_story_says_who_bears_what_and_where_harm_starts(report):
    told = story(report)
    assert any(
        s.startswith("DAN bears unrelated source from end to end without harm that matters; it ")
        and "hurts under covariate (starting between 2 and 3, −30.0 points at 4)" in s
        for s in told
    )
    assert any("collapses under unrelated source (36.0 %)" in s for s in told)
    assert any("DAN under covariate" in s and s.startswith("Compared with AdaBN") for s in told)
    assert "DANN on fonts→uci, covariate: not measured at 2, 4." in told
    assert "Fewer than five seeds are exploratory" in told[-1]


def test_the_story_says_what_nothing_protects_against():
    hopeless = stress(*known({"dan": [0, 0, 0, 0, -40], "dann": [0, 0, 0, -30, -40]}), **FEW)
    told = story(hopeless)
    assert any(s.startswith("Against covariate nothing protects") for s in told)
    assert not any("there is a method that is not shown to hurt" in s for s in told)


def test_a_noisy_curve_is_not_said_to_hurt():
    told = story(stress(*known({"dan": [0, 0, 0, 0, -1]}), **FEW))
    assert any("On covariate no method is shown to hurt" in s for s in told)
    assert "DAN is undecided under covariate." in told
