"""``da methods`` in the terminal, as JSON and in a Markdown file."""

import json
import re

import pytest

from da.__main__ import main
from da.benchmark.method_files import names
from da.overview.entries import entries


def test_lists_every_method_on_a_page_of_100_columns(capsys):
    assert main(["methods"]) == 0
    out = capsys.readouterr().out
    lines = out.splitlines()
    assert max(map(len, lines)) <= 100
    first = {line.split()[0] for line in lines if line.strip()}
    assert set(names()) <= first
    (dann,) = (i for i, line in enumerate(lines) if line.startswith("dann "))
    assert re.fullmatch(r"DANN +paper +Ganin et al., JMLR 2016 +\d\.\d\d *", lines[dann - 1])
    assert "hurts" in lines[dann + 1]
    assert "…" not in out


def test_tells_all_about_one(capsys):
    assert main(["methods", "cdan_e"]) == 0
    out = capsys.readouterr().out
    for text in (
        *("CDAN+E", "Conditional Adversarial Domain Adaptation, NeurIPS 2018"),
        *("equal class proportions (CDAN)", "entropy_weighting: true", "da.methods.CDAN"),
        *("discriminator_lr", "da.schedules.sigmoid_ramp", "Eq. 9"),
    ):
        assert text in out


def test_json_has_the_facts_of_each_method(capsys):
    assert main(["methods", "--json", "--setting", "partial"]) == 0
    found = {m["name"]: m for m in json.loads(capsys.readouterr().out)}
    assert {"pada", "jumbot"} <= found.keys()
    assert "dann" not in found
    assert found["pada"]["class"] == "da.methods.PADA"
    assert found["pada"]["paper"]["venue"] == "ECCV"
    assert found["pada"]["step"]["low"] <= found["pada"]["step"]["median"]


@pytest.mark.parametrize(
    ("args", "sentence"),
    [
        (["dannn"], "there is no method 'dannn'; did you mean 'dann'?"),
        (["--family", "adversaries"], "no family 'adversaries'; did you mean 'adversarial'?"),
        (["--setting", "open"], "no setting 'open'; there are closed-set, partial"),
    ],
)
def test_what_does_not_exist_is_told(args, sentence, capsys):
    assert main(["methods", *args]) == 2
    assert sentence in capsys.readouterr().err


def test_writes_the_table_between_its_marks(tmp_path):
    readme = tmp_path / "README.md"
    readme.write_text("before\n<!-- methods -->\nold\n<!-- end: methods -->\nafter\n")
    assert main(["methods", "--family", "optimal transport", "--readme", str(readme)]) == 0
    text = readme.read_text()
    assert text.startswith("before\n<!-- methods -->\n| method |")
    assert text.endswith("\n<!-- end: methods -->\nafter\n")
    assert "old" not in text
    rows = [line for line in text.splitlines() if line.startswith("| ")]
    chosen = [e for e in entries() if e.family == "optimal transport"]
    assert len(rows) == 3 + len(chosen)
    assert len({row.replace("\\|", "").count("|") for row in rows}) == 1


def test_a_file_without_marks_is_told(tmp_path, capsys):
    readme = tmp_path / "README.md"
    readme.write_text("nothing\n")
    assert main(["methods", "--readme", str(readme)]) == 2
    assert "has no lines <!-- methods --> and <!-- end: methods -->" in capsys.readouterr().err
