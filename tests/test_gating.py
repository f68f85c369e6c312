"""``da gate`` for one training and for the runs of a benchmark."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import torch
import yaml

import da.data.digits
from da.__main__ import main
from da.benchmark.grid import folder
from da.data import Domain
from tests.command_line import run

RESULTS = folder("benchmarks") / "results"

DIGITS = """
data: {class_path: da.data.Digits, init_args: {source: fonts, target: uci, batch_size: 16}}
trainer: {accelerator: cpu, max_steps: 8, val_check_interval: 8, log_every_n_steps: 4}
model:
  init_args:
    backbone: {class_path: da.backbones.DigitCNN, init_args: {channels: [2, 3], out_features: 8}}
    optimizer: {class_path: torch.optim.Adam, init_args: {lr: 0.003}}
"""


def trained(root, method, **options):
    """Train a small network on Digits and return its folder."""
    (root / "digits.yaml").write_text(DIGITS)
    experiments = folder("experiments")
    files = (
        experiments / "base.yaml",
        experiments / f"methods/{method}.yaml",
        root / "digits.yaml",
    )
    line = ["fit", *(part for file in files for part in ("-c", str(file)))]
    line += [f"--trainer.default_root_dir={root / method}"]
    assert main([*line, *(f"--{name}={value}" for name, value in options.items())]) == 0
    (config,) = (root / method).glob("*/version_0/config.yaml")
    return config.parent


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    root = tmp_path_factory.mktemp("runs")
    return trained(root, "dann"), trained(root, "source_only")


def gate(*args):
    return main(["gate", *map(str, args)])


def test_one_line_for_each_gate_and_the_decision(runs, capsys, monkeypatch, tmp_path):
    monkeypatch.setenv("COLUMNS", "200")
    adapted, source_only = runs
    output = tmp_path / "new" / "folder"
    assert gate(adapted, "--source-only", source_only, "--output", output) == 0
    out = capsys.readouterr().out
    lines = out.splitlines()
    assert [line[:2] for line in lines[2:9]] == [f"G{i}" for i in range(1, 8)]
    assert lines[9].startswith(("accept the adapted model: ", "use source-only: "))
    assert "can change on these 900 target samples" in lines[9]
    assert lines[7].split()[4:6] == ["270.6", "≥"]
    assert (output / "gate.md").read_text().startswith(lines[9])
    assert len((output / "gate.csv").read_text().splitlines()) == 8


def test_a_model_is_no_other_than_itself(runs, capsys):
    _, source_only = runs
    checkpoint = source_only / "checkpoints" / "last.ckpt"
    assert gate(checkpoint, "--source-only", source_only) == 0
    said = capsys.readouterr().out.splitlines()[-1]
    assert said.startswith("accept the adapted model: at most 0.0 points of accuracy can change")


@pytest.mark.parametrize("kind", ["garbage", "absent"])
def test_target_labels_are_not_read(runs, capsys, monkeypatch, kind):
    adapted, source_only = runs
    assert gate(adapted, "--source-only", source_only) == 0
    before = capsys.readouterr().out
    whole = da.data.digits.Digits.domain

    def domain(self, name):
        found = whole(self, name)
        if name != "uci":
            return found
        if kind == "absent":
            return Domain(found.train.without_labels())
        train, test = (
            type(s)(s.inputs, torch.zeros_like(s.labels), s.ids) for s in (found.train, found.test)
        )
        return Domain(train, test)

    monkeypatch.setattr(da.data.digits.Digits, "domain", domain)
    assert gate(adapted, "--source-only", source_only) == 0
    assert capsys.readouterr().out == before


def copied(run, root, change):
    """Copy a run and change its configuration."""
    path = Path(shutil.copytree(run, root / "copy"))
    config = yaml.safe_load((path / "config.yaml").read_text())
    change(config)
    (path / "config.yaml").write_text(yaml.safe_dump(config))
    return path


def test_runs_on_other_data_are_refused(runs, capsys, tmp_path):
    other = copied(runs[1], tmp_path, lambda c: c["data"]["init_args"].update(target="uci-n"))
    assert gate(runs[0], "--source-only", other) == 2
    assert "hold out different target samples to adapt to: " in capsys.readouterr().err


def test_a_baseline_that_was_trained_otherwise_is_noted(runs, capsys, tmp_path):
    other = copied(runs[1], tmp_path, lambda c: c["trainer"].update(max_steps=9))
    assert gate(runs[0], "--source-only", other) == 0
    assert "note: the trainings also differ in max_steps (8 and 9)" in capsys.readouterr().out


def test_an_accelerator_that_is_not_here_is_no_obstacle(runs, capsys, tmp_path):
    def elsewhere(config):
        config["trainer"].update(accelerator="tpu", devices=8)

    assert gate(copied(runs[0], tmp_path, elsewhere), "--source-only", runs[1]) == 0


def test_wrong_folders_are_told(runs, capsys, tmp_path):
    adapted, source_only = runs
    for args, sentence in (
        ((adapted, "--source-only", adapted), "is a run of DANN; give one of source_only"),
        ((adapted, adapted, "--source-only", source_only), "one adapted run; got 2"),
        ((adapted,), "is one training; name its baseline with --source-only"),
        ((adapted.parent, "--source-only", source_only), f"such as {adapted}"),
        ((adapted, "--source-only", tmp_path / "x"), "x has no config.yaml; give a folder of da f"),
        ((tmp_path,), "holds no records.jsonl"),
        ((RESULTS / "digits", "--tolerated", "2"), "between 0 and 1; got --tolerated 2.0"),
    ):
        assert gate(*args) == 2
        error = capsys.readouterr().err
        assert sentence in error
        assert len(error.splitlines()) == 1


def test_a_run_without_a_checkpoint_or_configuration_is_told(runs, capsys, tmp_path):
    path = copied(runs[0], tmp_path, lambda config: config.pop("data"))
    assert gate(path, "--source-only", runs[1]) == 2
    assert "is no configuration of a training ('data'); give a folder" in capsys.readouterr().err
    shutil.rmtree(path / "checkpoints")
    assert gate(path, "--source-only", runs[1]) == 2
    assert "has no checkpoint; give a folder of da fit" in capsys.readouterr().err


def test_training_on_target_labels_leaves_nothing_to_decide(tmp_path, capsys):
    for method in ("target_only", "source_only"):
        assert run("fit", tmp_path, method=method) == 0
    adapted, baseline = (
        next((tmp_path / "runs").glob(f"{name}*/version_0")) for name in ("Target", "Source")
    )
    assert gate(adapted, "--source-only", baseline) == 2
    assert "was trained on target labels (TargetOnly)" in capsys.readouterr().err


def test_suites_are_decided_and_held_out(capsys, tmp_path):
    suites = [RESULTS / s for s in ("digits", "mnist_usps", "office_caltech10_googlenet")]
    assert gate(*suites, "--output", tmp_path) == 0
    out = capsys.readouterr().out
    assert "Each gate by itself" in out
    assert "On data sets that were held out" in out
    text = (tmp_path / "gate.md").read_text()
    for name in ("Digits", "Digit5", "OfficeCaltech10Features"):
        assert f"| {name} | default | " in text
    cells = (tmp_path / "gate.csv").read_text().splitlines()
    assert len(cells) == 1 + 9 * 5 * 3 + 6 * 3 * 3 + 7 * 3 * 4  # tasks, seeds, methods


def test_one_suite_is_decided_and_nothing_held_out(capsys):
    assert gate(RESULTS / "digits") == 0
    assert "held out" not in capsys.readouterr().out


@pytest.mark.parametrize("command", ["gate", "features", "data"])
def test_help_does_not_import_torch(command):
    script = (
        f"import sys; from da.__main__ import main\nassert main(['{command}', '--help']) == 0\n"
        "heavy = {'torch', 'pytorch_lightning', 'numpy', 'matplotlib'} & {*sys.modules}\n"
        "sys.exit(f'imported: {heavy}' if heavy and sys.argv[1:] else 0)\n"
    )
    strict = ["strict"] if command == "gate" else []
    found = subprocess.run([sys.executable, "-c", script, *strict], capture_output=True, text=True)
    assert found.returncode == 0, found.stderr


def test_a_readme_gets_what_held_out_data_sets_show(tmp_path, capsys):
    page = tmp_path / "page.md"
    page.write_text("before\n<!-- gate -->\nlast year's\n<!-- end: gate -->\nafter\n")
    suites = [RESULTS / "mnist_usps", RESULTS / "office_caltech10_googlenet"]
    assert gate(*suites, "--readme", page) == 0
    text = page.read_text()
    assert text.startswith("before\n<!-- gate -->\n| held out |")
    assert "| Digit5 | default |" in text
    assert "last year's" not in text
    capsys.readouterr()
    assert gate(suites[0], "--readme", page) == 2
    assert "several folders of da bench" in capsys.readouterr().err
