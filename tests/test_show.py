import pytest
from PIL import Image

from da.__main__ import main
from da.data import Digits
from da.show import transfer_task


@pytest.fixture
def small(monkeypatch):
    """Make the domains of Digits small, so that drawing all of them takes no time."""
    whole = Digits.domain

    def domain(self, name):
        found = whole(self, "fonts")
        few = range(30)
        return type(found)(found.train.select(few), found.test.select(few[:20]))

    monkeypatch.setattr(Digits, "domain", domain)


def test_the_sheet_is_written_and_the_domains_are_counted(tmp_path, capsys, small):
    path = tmp_path / "new" / "sheet.png"
    assert main(["data", "show", "digits", "--output", str(path)]) == 0
    *counts, last = capsys.readouterr().out.splitlines()
    assert last == f"contact sheet: {path}"
    assert [line.split()[0] for line in counts] == list(Digits.domains)
    assert counts[0].split() == ["uci", "30", "training", "samples,", "20", "test", "samples"]
    with Image.open(path) as image:
        assert image.format == "PNG"


def test_the_sheet_bears_the_name_of_the_data_set(tmp_path, capsys, small, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(["data", "show", "digits"]) == 0
    assert [p.name for p in tmp_path.iterdir()] == ["digits.png"]


@pytest.mark.parametrize(
    ("args", "sentence"),
    [
        (["show", "digit"], "there is no data set 'digit'; did you mean 'digits'?"),
        (["shw", "digits"], "there is no command 'shw'; did you mean 'show'?"),
        (["show", "digits", "--ouput", "x"], "did you mean '--output'?"),
        (["show", "digits", "--output", "x.jpg"], "got --output x.jpg; end it in .png"),
        (["show"], "the following arguments are required: name"),
        ([], "the following arguments are required: command"),
    ],
)
def test_a_mistake_is_one_sentence(capsys, args, sentence):
    assert main(["data", *args]) == 2
    out, err = capsys.readouterr()
    assert err.startswith("da: error: ")
    assert err.count("\n") == 1
    assert sentence in err
    assert out == ""


def test_a_transfer_task_is_what_its_configuration_says():
    init_args = {
        "source": "uci",
        "target": "fonts",
        "scenario": {"class_path": "da.data.Partial", "init_args": {"classes": 5}},
    }
    task = transfer_task({"class_path": "da.data.Digits", "init_args": init_args})
    assert isinstance(task, Digits)
    assert (task.source, task.target, task.scenario.classes) == ("uci", "fonts", 5)


@pytest.mark.parametrize(
    ("init_args", "sentence"),
    [
        ({"source": "uci", "target": "fontz"}, "Digits has no domain 'fontz'"),
        ({"source": "uci", "target": "uci"}, "source and target are both 'uci'"),
        ({"source": "uci", "target": "fonts", "shfit": 1}, "did you mean 'data.shift'"),
    ],
)
def test_a_wrong_configuration_is_refused(init_args, sentence):
    with pytest.raises(ValueError, match=sentence):
        transfer_task({"class_path": "da.data.Digits", "init_args": init_args})
