import gzip
from copy import deepcopy
from urllib.error import URLError

import pytest
from PIL import Image

from da.__main__ import main
from da.catalogue import transfer_task
from da.data import Digits


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
        (["get", "ofice-31"], "there is no data set 'ofice-31'; did you mean 'office-31'?"),
        (["check", "mnist", "usp"], "there is no data set 'usp'; did you mean 'usps'?"),
        (["list", "mnist-n"], "there is no data set 'mnist-n'; did you mean 'mnist-m'?"),
        (["get"], "the following arguments are required: name"),
        (["check", "--deeep"], "did you mean '--deep'?"),
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


def words(capsys):
    """What was printed, without the breaks that the width of the terminal makes."""
    out, err = capsys.readouterr()
    assert err == ""
    return " ".join(out.split())


@pytest.fixture
def root(tmp_path, monkeypatch):
    """A data root with one file of USPS, which is right."""
    path = tmp_path / "USPS" / "zip.test.gz"
    path.parent.mkdir()
    path.write_bytes(gzip.compress(b"7.0 0.5\n" * 2007))
    monkeypatch.setenv("DA_DATA_ROOT", str(tmp_path))
    return tmp_path


def test_the_list_says_what_is_here(capsys, root):
    assert main(["data", "list"]) == 0
    lines = capsys.readouterr().out.splitlines()
    rows = {line.split()[0]: line.split()[1:3] for line in lines[1:]}
    assert rows["usps-raw"] == ["yes", "download"]
    assert rows["vlcs"] == ["no", "hand"]
    assert lines[-1] == f"data root: {root}"


def test_the_list_describes_a_data_set(capsys):
    assert main(["data", "list", "office-31"]) == 0
    out = words(capsys)
    assert "Saenko, Kulis, Fritz & Darrell. Adapting visual category models" in out
    assert "amazon/images/ (2,817 images)" in out


def test_a_check_tells_what_is_missing_and_fails(capsys, root):
    assert main(["data", "check"]) == 1
    out = words(capsys)
    assert "usps-raw partial" in out
    assert f"folder {root / 'USPS'} holds test 2,007 " in out
    assert "zip.train.gz is missing" in out
    assert "get it with: da data get usps-raw" in out
    assert "office-31 absent get it with: da data get office-31; or download" in out


def test_what_is_absent_fails_a_check_only_if_it_was_asked_for(capsys, tmp_path):
    assert main(["data", "check", "--root", str(tmp_path)]) == 0
    assert main(["data", "check", "mnist", "--root", str(tmp_path)]) == 1
    assert words(capsys).endswith("mnist absent get it with: da data get mnist")


def test_a_complete_data_set_passes_its_check(capsys, root):
    (root / "USPS" / "zip.train.gz").write_bytes(gzip.compress(b"7.0 0.5\n" * 7291))
    assert main(["data", "check", "usps-raw"]) == 0
    assert "holds train 7,291, test 2,007" in words(capsys)


def test_nothing_is_downloaded_where_all_is_there(capsys, root, monkeypatch):
    monkeypatch.setattr("urllib.request.urlopen", None)
    (root / "USPS" / "zip.train.gz").write_bytes(gzip.compress(b"7.0 0.5\n" * 7291))
    assert main(["data", "get", "usps-raw"]) == 0
    assert "usps-raw complete" in words(capsys)


def test_what_no_program_can_download_is_told(capsys, tmp_path):
    assert main(["data", "get", "vlcs", "--root", str(tmp_path)]) == 1
    out = words(capsys)
    assert "vlcs absent download VLCS.tar.gz (md5" in out
    assert "by hand: Caltech101, LabelMe, SUN09, VOC2007: download VLCS.tar.gz" in out


def test_a_download_that_fails_is_one_sentence(capsys, tmp_path, monkeypatch):
    def offline(*args, **kwargs):
        raise URLError("no network")

    monkeypatch.setattr("urllib.request.urlopen", offline)
    assert main(["data", "get", "bsds500", "--root", str(tmp_path)]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("da: error: BSR_bsds500.tgz cannot be downloaded: http://www.eecs")
    assert err.count("no network") == 2
    assert err.count("\n") == 1


def test_the_configuration_of_a_transfer_task_is_left_as_it_is():
    crop = {"class_path": "da.data.CenterCrop", "init_args": {"size": 8}}
    transform = {
        "class_path": "torchvision.transforms.v2.Compose",
        "init_args": {"transforms": [crop]},
    }
    init_args = {"source": "uci", "target": "fonts", "source_transform": transform}
    data = {"class_path": "da.data.Digits", "init_args": init_args}
    before = deepcopy(data)
    assert transfer_task(data).source_transform.transforms[0].size == 8
    assert data == before
    assert type(transform["init_args"]["transforms"][0]) is dict


def test_a_transfer_task_is_what_its_configuration_says():
    scenario = {"class_path": "da.data.Partial", "init_args": {"classes": 5}}
    init_args = {"source": "uci", "target": "fonts", "scenario": scenario}
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


def test_features_are_counted_and_not_drawn(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(["data", "show", "gaussians"]) == 0
    *counts, last = capsys.readouterr().out.splitlines()
    assert counts[0] == "source  10,000 training samples, 10,000 test samples"
    assert last == "features: 1 columns, 2 classes"
    assert list(tmp_path.iterdir()) == []


def test_a_users_own_data_are_shown(tmp_path, capsys):
    path = tmp_path / "mine.yaml"
    path.write_text("data: {class_path: da.data.Gaussians, init_args: {size: 20}}")
    assert main(["data", "show", str(path)]) == 0
    assert "source  20 training samples" in capsys.readouterr().out


def test_data_are_shown_from_the_root_that_is_given(tmp_path, capsys):
    assert main(["data", "show", "digit5", "--root", str(tmp_path / "empty")]) == 2
    assert str(tmp_path / "empty") in capsys.readouterr().err
