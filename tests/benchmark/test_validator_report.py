"""The table, the sentences, the figures and the page's part, all of one simulated suite."""

import re
from pathlib import Path
from xml.etree import ElementTree

import jinja2
import pytest
from markupsafe import Markup

import da.benchmark
from da.benchmark.figures import LIGHT
from da.benchmark.selection import FAMILIES
from da.benchmark.validator_figures import figures
from da.benchmark.validator_outcomes import DEFAULT
from da.benchmark.validator_quality import validator_quality
from da.benchmark.validator_report import COLUMNS, lines, markdown, tables, validator_name
from da.benchmark.validator_story import story
from tests.benchmark.records import simulated_suite


def measured(**options):
    records, _ = simulated_suite()
    for i, record in enumerate(r for r in records if r["metrics"]):
        for j, name in enumerate(FAMILIES[1:]):
            value = float((7 * i) % (11 + j))  # of no use
            record["validators"][name] = {"value": value, "status": None}
    return validator_quality(records, resamples=100, **options)


@pytest.fixture(scope="module")
def quality():
    return measured()


@pytest.fixture(scope="module")
def empty():
    return validator_quality([])


def test_the_table_has_a_line_for_each_validator_and_reference(quality):
    text = markdown(quality)
    for problem in quality.problems:
        rows = quality.of(problem)
        assert len(rows) == len(FAMILIES) + 7  # source accuracy, prior, cheap, full, 3 references
        for row, texts in lines(quality, problem):
            assert len(texts) == len(COLUMNS)
            assert f" {texts[1]} | {texts[2]} | " in text
            assert texts[1] == f"{100 * row.regret.estimate:.2f}"
    widths = {line.count("|") for line in text.splitlines() if line.startswith("|")}
    assert widths == {len(COLUMNS) + 1}


def test_the_regret_without_the_guard_stands_beside_that_with_it(quality):
    column = [name for name, _ in COLUMNS].index("unguarded")
    for row, texts in lines(quality, "method"):
        if row.reference:
            assert texts[column] == "–"
        else:
            unguarded = quality.row("method", row.validator, guarded=False)
            assert texts[column] == f"{100 * unguarded.regret.estimate:.2f}"


def test_bold_is_what_is_not_separated_from_the_best(quality):
    bold = set(re.findall(r"^\| \*\*(?:\*)?([^*|]+)\*", markdown(quality), re.M))
    expected = {
        validator_name(row.validator, problem)
        for problem in quality.problems
        for row in quality.of(problem)
        if row.among_best
    }
    assert bold == expected


def test_every_validator_has_a_name_of_its_own(quality):
    names = {row.validator for row in quality.rows}
    assert len({validator_name(name, "step") for name in names}) == len(names)
    assert validator_name(DEFAULT, "step") == "last step"
    assert validator_name("a_new_score", "step") == "a new score"


def test_the_story_names_the_best_and_what_it_costs(quality):
    text = " ".join(story(quality))
    for problem in quality.problems:
        best = next(row for row in quality.of(problem) if not row.reference)
        default = quality.row(problem, DEFAULT)
        assert validator_name(best.validator, problem) in text
        assert f"costs {100 * best.regret.estimate:.2f} points" in text
        assert f"costs {100 * default.regret.estimate:.2f} and a random" in text
    assert "3 tasks are too few to separate" in text
    assert "all but one target domain" in text
    assert "3 target domains of 1 data set" in text


def test_without_records_there_is_a_sentence_and_nothing_else(empty):
    assert story(empty) == [
        "There is nothing to select from yet: no run with source-only beside it."
    ]
    assert figures(empty) == {}
    assert tables(empty) == []


def test_figures_are_whole_and_the_same_each_time(quality):
    drawn = figures(quality, LIGHT)
    assert list(drawn) == ["validators", "validator_harm"]
    assert drawn == figures(quality, LIGHT)
    for name, text in drawn.items():
        ElementTree.fromstring(text)
        assert all(i.startswith(f"{name}-") for i in re.findall(r'\bid="([^"]+)"', text))
        assert "SN-IWCV" in text
    assert "95 % interval" in drawn["validators"]


def test_the_page_part_holds_sentences_tables_and_figures(quality, empty):
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(da.benchmark.__file__).parent),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
    )
    template = environment.get_template("validators.html.j2")

    def page(found):
        drawn = {name: Markup(text) for name, text in figures(found).items()}
        return template.render(
            validators={
                "story": story(found),
                "figures": drawn,
                "columns": COLUMNS,
                "tables": tables(found),
            }
        )

    html = page(quality)
    assert html.count("<svg ") == 2
    assert html.count("<table>") == len(quality.problems)
    assert html.count("<tr>") == sum(1 + len(quality.of(p)) for p in quality.problems)
    assert html.count("<em>") == 3 * len(quality.problems)
    assert html.count("<section") == html.count("</section>") == 1
    assert "<svg" not in page(empty)
    assert "nothing to select from yet" in page(empty)


def test_a_validator_as_good_as_none_is_said_not_to_be_needed():
    records, _ = simulated_suite()
    # All four scores rise with the step, as the accuracy mostly does: each takes the last
    text = story(validator_quality(records, resamples=50))[0]
    assert "does best, like 3 others, of 4 validators" in text
    assert text.endswith("so that none is needed.")
