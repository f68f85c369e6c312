import pytest

from da.__main__ import main
from da.benchmark import commands
from da.benchmark.commands import load_suite

DECLARATION = """
from da.benchmark import Benchmark
BENCHMARK = Benchmark(name="own", data="digits", methods=("source_only",), tasks=({task!r},))
"""


@pytest.fixture
def ran(monkeypatch):
    """Return what would be run, in place of running it."""
    calls = []

    class Finished:
        statuses = {"failed": 0}  # noqa: RUF012

    def run_cells(root, runs, **options):
        calls.append({"root": root, "runs": runs, **options})
        return Finished

    monkeypatch.setattr(commands, "run_cells", run_cells)
    monkeypatch.setattr("da.benchmark.results.export", lambda root, runs: ([], {}))
    monkeypatch.setattr("da.benchmark.results.write_reports", lambda *_, **__: None)
    return calls


def test_a_part_of_a_suite_can_be_chosen(ran, tmp_path):
    options = "--methods dan --tasks uci->fonts:partial --seeds 5 6 --workers 3 --retry-failed"
    assert main(["bench", "digits", *options.split(), "--root", str(tmp_path)]) == 0
    (call,) = ran
    assert {(r.method, r.task, r.seed) for r in call["runs"]} == {
        (m, "uci->fonts:partial", s) for m in ("source_only", "dan") for s in (5, 6)
    }
    assert (call["root"], call["workers"], call["retry"]) == (tmp_path, 3, True)


@pytest.mark.parametrize(
    ("options", "ray"),
    [([], None), (["--ray"], "local"), (["--ray", "10.0.0.1:6379"], "10.0.0.1:6379")],
)
def test_cells_are_executed_by_ray_if_it_is_asked_for(ran, options, ray):
    assert main(["bench", "digits", "--seeds", "0", *options]) == 0
    assert ran[0]["ray"] == ray


@pytest.mark.parametrize(("ray", "address"), [("local", None), ("10.0.0.1:6379",) * 2])
def test_ray_gets_the_address_of_its_cluster(tmp_path, monkeypatch, ray, address):
    calls = []
    monkeypatch.setattr(
        "da.benchmark.ray_runner.run_all_ray", lambda *_, **options: calls.append(options)
    )
    commands.run_cells(tmp_path, [], workers=3, retry=False, ray=ray)
    assert calls == [{"workers": 3, "address": address}]


def test_the_folder_bears_the_name_of_the_suite(ran):
    assert main(["bench", "digits", "--seeds", "0"]) == 0
    assert str(ran[0]["root"]) == "runs/digits"


def test_finished_cells_are_sent_if_it_is_asked_for(ran, tmp_path, monkeypatch):
    sent = []
    monkeypatch.setattr("da.benchmark.dashboard.send", lambda *given: sent.append(given))
    args = ["bench", "digits", "--seeds", "0", "--root", str(tmp_path)]
    assert main(args) == 0
    assert sent == []
    assert main([*args, "--wandb"]) == 0
    assert sent == [([], tmp_path)]


def test_a_suite_may_lie_anywhere(ran, tmp_path):
    path = tmp_path / "own.py"
    path.write_text(DECLARATION.format(task="uci->fonts"))
    assert load_suite(str(path)).name == "own"
    assert main(["bench", str(path)]) == 0


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ("digitz", "there is no suite 'digitz'; did you mean 'digits'?"),
        ("nowhere.py", "there is no suite 'nowhere.py'"),
        ("digits --methods dam", "there is no method 'dam'; did you mean 'dan'?"),
        ("digits --tasks uci-fonts", "a task is written source->target"),
        ("digits --tasks uci->fontz", "Digits has no domain 'fontz'"),
        ("digits --tasks uci->uci", "source and target are both 'uci'"),
        ("digits --tasks uci->fonts:halves", "the scenario Halves halves one domain"),
        ("digits --tasks uci->fonts:partal", "no scenario 'partal'; did you mean 'partial'?"),
        ("digits --seeds -1", "--seeds"),
        ("digits --seeds one", "invalid int value: 'one'"),
        ("digits --workers 0", "--workers"),
        ("digits --select finale", "there is no --select 'finale'; did you mean 'final'?"),
        ("digits --workres 2", "there is no option '--workres'; did you mean '--workers'?"),
        ("digits --work 2", "did you mean '--workers'?"),
        ("", "the following arguments are required: suite"),
    ],
)
def test_a_mistake_is_one_sentence(capsys, ran, options, sentence):
    assert main(["bench", *options.split()]) == 2
    err = capsys.readouterr().err
    assert err.startswith("da: error: ")
    assert err.count("\n") == 1
    assert sentence in err
    assert ran == []


def test_a_wrong_task_in_a_file_is_one_sentence(capsys, ran, tmp_path):
    path = tmp_path / "own.py"
    path.write_text(DECLARATION.format(task="uci->fontz"))
    assert main(["bench", str(path)]) == 2
    assert "Digits has no domain 'fontz'" in capsys.readouterr().err
    assert ran == []


def test_a_file_that_declares_nothing_is_one_sentence(capsys, tmp_path):
    path = tmp_path / "own.py"
    path.write_text("SUITE = 3\n")
    assert main(["bench", str(path)]) == 2
    assert "own.py declares no suite" in capsys.readouterr().err


def test_an_unwritable_folder_is_one_sentence(capsys, tmp_path):
    (tmp_path / "file").write_text("")
    args = ["bench", "digits", "--seeds", "0", "--root", str(tmp_path / "file" / "runs")]
    assert main(args) == 2
    assert "choose another with --root" in capsys.readouterr().err


def test_a_report_needs_records(capsys, tmp_path):
    assert main(["report", str(tmp_path)]) == 2
    assert "holds no records.jsonl" in capsys.readouterr().err
    (tmp_path / "records.jsonl").write_text("{")
    (tmp_path / "splits.json").write_text("{}")
    assert main(["report", str(tmp_path)]) == 2
    assert "cannot be read" in capsys.readouterr().err


OWN = """
data:
  class_path: da.data.Gaussians
  init_args: {size: 40, batch_size: 8}
trainer: {max_steps: 2}
model:
  init_args:
    backbone: {class_path: da.backbones.MLP}
    optimizer: {class_path: torch.optim.Adam}
"""


def test_a_yaml_file_of_own_data_is_a_suite(ran, tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_text(OWN)
    assert main(["bench", str(path), "--seeds", "0"]) == 0
    runs = ran[0]["runs"]
    assert {r.suite for r in runs} == {"mine"}
    assert {r.task for r in runs} == {"source->target"}
    assert {"source_only", "dann", "target_only"} < {r.method for r in runs}
    assert all(r.config["data"]["init_args"]["size"] == 40 for r in runs)


def test_a_yaml_file_that_does_not_exist_is_told(ran, tmp_path, capsys):
    assert main(["bench", str(tmp_path / "none.yaml")]) == 2
    assert "none.yaml; give the path of a YAML file" in capsys.readouterr().err
    assert ran == []


def test_own_data_that_cannot_be_read_is_told_before_anything_runs(ran, tmp_path, capsys):
    path = tmp_path / "mine.yaml"
    path.write_text(OWN.replace("size: 40", "size: 1"))
    assert main(["bench", str(path)]) == 2
    assert "a domain has at least 2 samples" in capsys.readouterr().err
    assert ran == []
