from io import StringIO

import pytest
from rich.console import Console

from da.benchmark.analysis import analyse, selection_rows
from da.benchmark.tables import (
    latex,
    markdown,
    notes,
    selection_markdown,
    selection_table,
    selection_terminal,
    terminal,
)
from tests.benchmark.records import record, simulated_suite, split, unfinished, wrong


@pytest.fixture(scope="module")
def suite():
    return simulated_suite(n=120)


@pytest.fixture(scope="module")
def analysis(suite):
    return analyse(*suite)


def small(task="fonts->uci", methods=("source_only", "dan"), reason=None):
    """Return source-only with 6 of 10 right and every other method with 8 of 10."""
    labels = [0, 1] * 5
    key, entry = split(labels)
    records = []
    for method in methods:
        right = [i < (6 if method == "source_only" else 8) for i in range(10)]
        predictions = wrong(labels, right, 2)
        records.append(
            record(method, predictions, labels, test_sha256=key, task=task, num_classes=2)
        )
    if reason:
        records.append(unfinished("adabn", "not_applicable", reason, test_sha256=key, task=task))
    return analyse(records, {key: entry})


def printed(table, width):
    console = Console(file=StringIO(), width=width)
    console.print(table)
    return console.file.getvalue()


def test_markdown_holds_accuracy_difference_and_sign():
    table = markdown(small()).splitlines()
    assert table[0] == "| task | source only | DAN |"
    assert table[1] == "| --- | ---: | ---: |"
    assert table[2].startswith("| fonts→uci | **60.0 ±")
    assert table[2].endswith("**80.0** +20.0 ? |")


def test_markdown_escapes_what_would_break_the_table():
    text = markdown(small("a|b->c_d:x*y"))
    row = text.splitlines()[2]
    assert row.startswith(r"| a\|b→c\_d, x\*y |")
    assert all(line.count("|") - line.count(r"\|") == 4 for line in text.splitlines()[:3])


def test_latex_escapes_special_characters_and_uses_booktabs():
    text = latex(small("50%_a&b->c#d"))
    assert r"50\%\_a\&b$\to$c\#d" in text
    rules = [line for line in text.splitlines() if line.endswith("rule")]
    assert rules == [r"\toprule", r"\midrule", r"\bottomrule"]
    body = [line for line in text.splitlines() if line.endswith(r"\\")]
    assert [line.replace(r"\&", "").count("&") for line in body] == [2, 2]
    assert r"\textbf{80.0} {\scriptsize +20.0 ?}" in text


def test_latex_comments_stay_comments():
    text = latex(small(reason="first line\nsecond line"))
    after = text.split(r"\end{tabular}")[1].strip().splitlines()
    assert all(line.startswith("%") for line in after)


def test_a_method_that_does_not_apply_is_shown_with_its_reason(analysis):
    assert "| n/a |" in markdown(analysis)
    line = "AdaBN: 3 runs not applicable on every task (the network has no batch normalization)"
    assert line in notes(analysis)
    assert "batch normalization" in printed(terminal(analysis), 200)


def test_a_diverged_run_is_marked_and_explained(analysis):
    row = next(line for line in markdown(analysis).splitlines() if line.startswith("| fonts→uci"))
    assert "†" in row.split("|")[5]
    assert "DANN: 1 run diverged on fonts→uci (the loss is not finite at step 312)" in notes(
        analysis
    )


@pytest.mark.parametrize("width", [80, 120, 200])
def test_the_terminal_table_keeps_every_number_in_narrow_windows(analysis, width):
    text = printed(terminal(analysis), width)
    assert max(map(len, text.splitlines())) <= width
    for cell in analysis.cells:
        if cell.accuracy is not None:
            assert f"{100 * cell.accuracy.estimate:.1f}" in text


def test_verdicts_are_coloured_in_the_terminal(analysis):
    console = Console(file=StringIO(), width=200, force_terminal=True, color_system="standard")
    console.print(terminal(analysis))
    text = console.file.getvalue()
    assert "\x1b[31m −" in text or "\x1b[31m −" in text.replace("\x1b[0m", "")
    assert "\x1b[32m +" in text


def test_the_table_has_one_row_per_task_and_one_column_per_method(analysis):
    rows = [line for line in markdown(analysis).splitlines() if line.startswith("|")]
    assert len(rows) == 2 + len(analysis.tasks)
    assert {row.count("|") for row in rows} == {2 + len(analysis.methods)}


def test_selection_rows_are_the_means_under_each_rule(suite):
    analyses = selection_rows(*suite)
    header, rows = selection_table(analyses)
    assert header == ["method", "final", "validator", "source accuracy", "oracle (leak, best of 4)"]
    dann = next(row for row in rows if row[0] == "DANN")
    for text, analysis in zip(dann[1:], analyses, strict=True):
        summary = next(s for s in analysis.summaries() if s.method == "dann")
        assert text.startswith(f"{100 * summary.accuracy:.1f} (")
    assert float(dann[4].split()[0]) > float(dann[1].split()[0])
    assert selection_markdown(analyses).count("\n") == 2 + len(rows)
    assert "oracle" in printed(selection_terminal(analyses), 120)


def test_a_fallback_to_source_only_is_counted():
    labels = [0, 1, 2] * 4
    key, entry = split(labels)
    records = [
        record("source_only", wrong(labels, [1] * 6 + [0] * 6), labels, test_sha256=key),
        record("dan", labels, labels, test_sha256=key, s_val=0.5),
    ]
    _, rows = selection_table(selection_rows(records, {key: entry}))
    assert rows[1][1:] == [
        "100.0 (+50.0)",
        "50.0 (0.0), 1× source-only",
        "100.0 (+50.0)",
        "100.0 (+50.0)",
    ]
