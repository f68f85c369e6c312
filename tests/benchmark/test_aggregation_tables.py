import re
from dataclasses import replace

import pytest

from da.benchmark.aggregation_columns import COLUMNS
from da.benchmark.aggregation_story import story
from da.benchmark.aggregation_tables import latex, legend, markdown, notes
from da.benchmark.analysis import analyse
from da.benchmark.wording import points
from tests.benchmark.records import simulated_suite
from tests.benchmark.test_aggregation import LEVELS, PAIRS, build, drawn, summed


@pytest.fixture(scope="module")
def simulated():
    return simulated_suite(n=100)


@pytest.fixture(scope="module")
def suite(simulated):
    return summed(*simulated)


@pytest.fixture(scope="module")
def nine():
    return summed(*build(drawn(LEVELS)))


def cells(line):
    return [text.strip() for text in re.split(r"(?<!\\)\|", line)[1:-1]]


def test_markdown_has_one_row_per_method_by_mean_difference(suite):
    lines = [line for line in markdown(suite).splitlines() if line.startswith("|")]
    assert len(lines) == 2 + len(suite.standings)
    assert {len(cells(line)) for line in lines} == {len(COLUMNS) + 1}
    gains = [cells(line)[2].strip("*").split(" ")[0] for line in lines[2:]]
    assert gains == [points(standing.gain) for standing in suite.standings]
    assert cells(lines[0])[-1] == "Δ partial"


def test_a_brief_table_has_the_columns_that_most_ask_for_and_explains_no_others(suite):
    whole, brief = markdown(suite), markdown(suite, brief=True)
    header = cells(brief.splitlines()[0])
    assert header == ["method", "accuracy", "Δ", "new targets", "hurt", "p", "rank"]
    position = [cells(whole.splitlines()[0]).index(title) for title in header]
    for short, line in zip(brief.splitlines()[2:6], whole.splitlines()[2:6], strict=True):
        assert cells(short) == [cells(line)[i] for i in position]
    assert "posterior" in whole
    assert "posterior" not in brief


def test_bold_is_what_is_not_separated_from_the_best(nine):
    rows = [cells(line) for line in markdown(nine).splitlines()[2 : 2 + len(nine.standings)]]
    bold = {row[0] for row in rows if row[2].startswith("**")}
    assert bold == {"DAN"}
    assert sum(row.count("**") for row in latex(nine).split(r"\\")) == 0
    assert latex(nine).count(r"\textbf{") == 1


def test_latex_has_as_many_columns_in_every_row(suite):
    body = latex(suite).split(r"\midrule")[1].split(r"\bottomrule")[0].strip().splitlines()
    assert len(body) == len(suite.standings)
    assert {row.count("&") for row in body} == {len(COLUMNS)}
    assert not re.search(r"[Δ−–±†]", latex(suite).split(r"\end{tabular}")[0])
    after = latex(suite).split(r"\end{tabular}")[1].strip().splitlines()
    assert all(line.startswith("%") for line in after)


def test_the_table_says_what_it_is_over_and_what_failed(suite, nine):
    assert legend(suite).startswith(
        "Means over 2 plain tasks with 2 targets (partial is kept apart)"
    )
    assert legend(nine).startswith("Means over 9 tasks with 3 targets, by")
    assert "† Runs that diverged or failed count as a guess: DANN 1." in notes(suite)
    assert "Without any number: AdaBN." in notes(suite)
    dann = next(line for line in markdown(suite).splitlines() if line.startswith("| DANN"))
    assert cells(dann)[1].endswith("†")


def test_notes_name_what_is_missing():
    levels = {method: level for method, level in LEVELS.items() if method != "target_only"}
    correct = drawn(levels, tasks=["a->A", "b->B", "a->B:partial@3"], seeds=1)
    del correct["a->A", "dan", 0]
    text = " ".join(notes(summed(*build(correct))))
    assert "intervals are conditional" in text
    assert "neither ranked nor compared with others: DAN." in text
    assert "there is no ceiling" in text
    assert "1 task at the levels of an axis of stress is left out" in text
    assert "DAN (1 of 2 tasks)" in markdown(summed(*build(correct)))


def test_some_tasks_without_a_ceiling_are_counted():
    correct = drawn(LEVELS, tasks=PAIRS[:3])
    del_ = {key: right for key, right in correct.items() if key[:2] != ("a->A", "target_only")}
    assert any("Scores are over 2 of 3 tasks" in note for note in notes(summed(*build(del_))))


def test_the_story_tells_gains_harm_ranks_and_resolution(nine):
    sentences = story(nine)
    assert len(sentences) == 4
    assert sentences[0].startswith("Over 9 tasks with 3 targets, 1 of 3 methods gains on average")
    assert "the lowest that of MCC" in sentences[0]
    assert sentences[1].startswith("Of the runs of MCC, 100 % lose more than 1 point")
    assert re.search(r"5 of 6 comparisons between methods are significant", sentences[2])
    assert "would be found 4 times in 5" in sentences[3]


def test_the_story_says_plainly_that_few_tasks_separate_nothing():
    text = " ".join(story(summed(*build(drawn(LEVELS, tasks=PAIRS[:6])))))
    assert "With 4 methods on 6 pairs of source and target nothing separates" in text
    assert "that takes more tasks" in text


def test_the_story_keeps_scenarios_apart(simulated, suite):
    text = " ".join(story(suite))
    assert "Kept apart: partial (1 task): 3 of 3 lose on average and 0 gain." in text
    analysis = analyse(*simulated)
    assert all(analysis.cell(m, "uci->uci-m:partial").delta.estimate < 0 for m in ("dan", "dann"))


def test_without_a_comparison_the_story_says_so():
    suite = summed(*build(drawn({"source_only": 0.6, "target_only": 0.9})))
    assert story(suite) == ["No method has been compared with source-only on every task yet."]
    assert markdown(suite).count("\n|") == 3
    assert story(replace(suite, standings=())) == story(suite)
