"""The pages of the benchmarks quote what the package holds, and commands that exist."""

import json
import re
from pathlib import Path

import pytest
import yaml

from da.benchmark.grid import folder
from da.benchmark.paper_files import papers
from da.benchmark.papers import load_paper
from da.benchmark.published import published
from da.benchmark.published_pages import refresh, refreshed
from da.benchmark.published_runs import ours, outcomes, settings
from da.benchmark.published_tables import harm, table

README = folder("benchmarks").parent / "README.md"
PAGES = {path.stem: path for path in sorted((folder("benchmarks") / "pages").glob("*.md"))}
COSTS = json.loads((folder("benchmarks") / "costs.json").read_text())
QUERY = {
    "benchmark": "office31-resnet50",
    "implementation": "jindongwang",
    "method": "DAN",
    "task": "average",
    "rows": ["selection"],
}
#: A number as accuracies are printed; other digits belong to a word, a version or a formula.
NUMBER = re.compile(r"(?<![\w.])\d{1,3}\.\d{1,2}(?![\w.])")


def queries(text):
    return [
        yaml.safe_load(query)
        for query in re.findall(r"<!-- (?:published|harm|settings|ours): (\{.*?\}) -->", text)
    ]


@pytest.mark.parametrize("path", [*PAGES.values(), README], ids=lambda path: path.stem)
def test_what_stands_below_a_mark_is_made_from_the_package(path):
    text = path.read_text()
    assert refreshed(text) == text, "make the pages anew: python benchmarks/pages.py"


@pytest.mark.parametrize("name", PAGES)
def test_every_number_in_the_words_is_a_published_one(name):
    text = PAGES[name].read_text()
    named = [query["benchmark"] for query in queries(text)]
    about = {b for names in named for b in ([names] if isinstance(names, str) else names)}
    known = {row.value for b in about for row in published(b)}
    words = re.sub(r"<!-- (\w+): .*?<!-- end: \1 -->|`[^`]*`|\]\([^)]*\)", "", text, flags=re.S)
    quoted = [float(number) for number in NUMBER.findall(words)]
    assert not set(quoted) - known


@pytest.mark.parametrize("setting", COSTS)
def test_what_a_setting_costs_was_measured_of_all_its_methods(setting):
    run = load_paper(setting).benchmark
    again = f"measure anew: python benchmarks/costs.py {setting}"
    assert list(COSTS[setting]["methods"]) == list(run.methods), again
    trainings = {cost[3] for cost in COSTS[setting]["methods"].values() if cost}
    assert max(trainings) == len(run.tasks) * len(run.seeds), again


def test_every_setting_is_on_one_page():
    tables = [
        re.findall(r"^\| `da reproduce (\w+)`", path.read_text(), re.M) for path in PAGES.values()
    ]
    assert sorted(name for names in tables for name in names) == papers()


@pytest.mark.parametrize("name", PAGES)
def test_commands_name_settings_methods_and_tasks_that_exist(name):
    for line in re.findall(r"^    da reproduce (.*?)(?: {3,}#.*)?$", PAGES[name].read_text(), re.M):
        given, *options = line.split(" --")
        for setting in given.split():
            paper = load_paper(setting, reduced="reduced" in options)
            for option, *values in (option.split() for option in options):
                known = {str(name) for name in getattr(paper.benchmark, option, values)}
                assert {value.strip("'") for value in values} <= known, line


def test_the_pages_are_linked_from_the_readme_and_link_to_what_exists():
    readme = README.read_text()
    for name, path in PAGES.items():
        assert f"benchmarks/pages/{name}.md" in readme
        for target in re.findall(r"\]\(((?!https?:)[^)]+)\)", path.read_text()):
            assert (path.parent / target).exists(), target


def test_a_table_has_a_row_for_each_name_and_says_where_a_number_was_read():
    made = table(QUERY).splitlines()
    assert made[0] == "| selection | accuracy | source |"
    assert [line.split(" | ")[:2] for line in made[2:]] == [
        ["| last epoch", "81.7"],
        ["| oracle epoch", "82.8"],
    ]
    quoted = {"benchmark": "digits", "implementation": "ADDA paper", "method": "ADDA"}
    made = table({**quoted, "rows": ["protocol"], "across": "task"})
    assert "89.4 ±0.2 | 76.0 ±1.8 | 90.1 ±0.8" in made
    assert "[Tzeng et al. 2017](https://arxiv.org/abs/1702.05464), read in a reader's notes" in made


def test_columns_and_rows_come_in_the_order_asked_for():
    query = {**QUERY, "implementation": "TLlib", "method": ["MDD", "DAN"], "across": "method"}
    assert table(query).startswith("| selection | MDD | DAN | source |")
    query = {**QUERY, "selection": ["oracle epoch", "last epoch"]}
    assert [line.split(" | ")[0] for line in table(query).splitlines()[2:]] == [
        "| oracle epoch",
        "| last epoch",
    ]


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"rows": ["method"]}, "two published numbers for accuracy in one row"),
        ({"method": "DAM"}, "no such published method on the page: DAM"),
        ({"metod": "DAN"}, "a mark for published results says metod"),
        ({"benchmark": "office31"}, "no such published implementation on the page: jindongwang"),
    ],
)
def test_a_mistake_in_a_mark_is_told(changes, sentence):
    with pytest.raises(ValueError, match=sentence):
        table({**QUERY, **changes})


def test_harm_counts_cells_below_source_only_of_the_same_table():
    made = harm({"benchmark": "office31-partial-resnet50", "implementation": "TLlib"})
    rows = published("office31-partial-resnet50", implementation="TLlib")
    floor = {r.task: r.value for r in rows if r.method == "source only"}
    below = [r for r in rows if r.task != "average" and r.value < floor[r.task]]
    assert made.endswith(f"| {len(below)} of 24 |")
    assert len([r for r in below if r.method == "DANN"]) == 6


def test_settings_need_to_exist():
    with pytest.raises(ValueError, match="no published setting is about 'domainnet-resnet101'"):
        settings({"benchmark": "domainnet-resnet101"})


def test_what_came_out_is_that_of_the_results():
    made = ours({"benchmark": "amazon-reviews"})
    assert made.startswith(
        "`da reproduce dann_amazon_reviews --reduced`:\n\n- Smaller than published"
    )
    rows = [line for line in made.splitlines() if line.startswith("|")]
    assert [row.split(" | ")[0] for row in rows] == [
        "| method",
        "| ---",
        "| source only",
        "| DANN",
        "| SVM",
    ]
    results = (folder("benchmarks") / "results" / "README.md").read_text()
    assert all(line in results for line in [*rows, *re.findall("^- .*", made, re.M)])
    with pytest.raises(ValueError, match="no published setting about 'office-home-resnet50' was"):
        ours({"benchmark": "office-home-resnet50"})


def test_all_runs_are_told_in_brief():
    results = (folder("benchmarks") / "results" / "README.md").read_text()
    compared = re.findall(r"^- (Of \d+ published numbers.*)", results, re.M)
    lines = outcomes({}).splitlines()
    assert len(lines) == len(compared) > 0
    assert all(sum(text in line for line in lines) == 1 for text in compared)


def test_a_page_is_written_anew_and_what_is_not_marked_stays(tmp_path: Path):
    page = tmp_path / "page.md"
    mark = f"<!-- published: {QUERY} -->"
    page.write_text(f"before\n{mark}\nold\n<!-- end: published -->\nafter 12.3\n")
    refresh(page)
    text = page.read_text()
    assert text.startswith(f"before\n{mark}\n| selection |")
    assert text.endswith("\n<!-- end: published -->\nafter 12.3\n")
    assert "old" not in text
