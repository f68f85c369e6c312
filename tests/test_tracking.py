import os
import socket
import time

import pytest
import wandb
import wandb_files
from command_line import run
from jsonargparse import Namespace

from da import tracking
from da.callbacks import Scores


@pytest.fixture(autouse=True)
def closed(monkeypatch):
    """Start and end without a W&B run, and without a login."""
    monkeypatch.setenv("WANDB_SILENT", "true")
    for name in ("WANDB_API_KEY", "WANDB_MODE"):
        monkeypatch.delenv(name, raising=False)
    yield
    tracking.finish()
    wandb.teardown()


@pytest.fixture
def no_network(monkeypatch):
    """Make it an error if this process reaches for another machine."""
    connect = socket.socket.connect

    def local(self, address):
        assert self.family == socket.AF_UNIX or address[0] in ("127.0.0.1", "localhost"), address
        return connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", local)


def configuration(**data):
    init_args = Namespace(**{"source": "uci", "target": "fonts", "scenario": None, **data})
    return Namespace(
        model=Namespace(class_path="da.methods.DANN"),
        data=Namespace(class_path="da.data.Digits", init_args=init_args),
        seed_everything=3,
    )


def test_a_run_is_named_after_what_it_is():
    assert tracking.identity(configuration()) == {
        "name": "DANN-uci-fonts-3",
        "group": "Digits/uci->fonts",
        "tags": ["DANN", "source:uci", "target:fonts", "seed:3"],
    }


def test_a_scenario_is_another_group():
    scenario = Namespace(class_path="da.data.Partial", init_args=Namespace(classes=5))
    found = tracking.identity(configuration(scenario=scenario))
    assert found["group"] == "Digits/uci->fonts:Partial"
    assert found["name"] == "DANN-uci-fonts-Partial-3"
    scenario = Namespace(class_path="da.data.Plain")
    assert tracking.identity(configuration(scenario=scenario)) == tracking.identity(configuration())


def test_an_offline_run_holds_all_that_a_dashboard_compares(tmp_path, capsys, no_network):
    assert run("fit", tmp_path, "--logger", "wandb", "--model.weight", "0.5") == 0
    assert wandb.run is None
    printed = capsys.readouterr().out
    found = wandb_files.read(tmp_path / "runs")
    assert found["run"].project == "da"
    assert found["run"].run_group == "Gaussians/source->target"
    assert found["run"].job_type == "fit"
    assert found["run"].display_name == "DANN-source-target-0"
    assert {*found["run"].tags} == {"DANN", "source:source", "target:target", "seed:0"}
    assert found["config"]["model"]["class_path"] == "da.methods.DANN"
    assert found["config"]["model"]["init_args"]["weight"] == 0.5
    assert found["config"]["data"]["init_args"]["delta"] == 1.0
    assert found["config"]["seed_everything"] == 0
    training = [row for row in found["history"] if "train/loss" in row]
    assert [row["trainer/global_step"] for row in training] == [5, 10]
    for row in training:
        # the weight scales the reversed gradient and not the loss
        assert row["train/loss"] == pytest.approx(
            row["train/task_loss"] + row["train/adaptation_loss"], rel=1e-5
        )
        assert 0 < row["train/weight"] <= 0.5
        assert 0 <= row["train/discriminator_accuracy"] <= 1
    scores = [row for row in found["history"] if "oracle/accuracy" in row]
    assert len(scores) == 2
    assert "score/information_maximization" in scores[0]
    assert f"{scores[-1]['score/source_accuracy']:.4f}" in printed
    assert f"{scores[-1]['oracle/accuracy']:.4f}" in printed
    assert found["exit"] == 0
    assert "wandb sync" in printed
    # what is left without W&B is there as well
    assert (tmp_path / "runs/DANN-source-target-0/version_0/metrics.csv").is_file()


def test_a_run_that_fails_is_closed_as_failed(tmp_path, monkeypatch, capsys):
    def fail(*_):
        raise ValueError("no score")

    monkeypatch.setattr(Scores, "on_validation_epoch_end", fail)
    assert run("fit", tmp_path, "--logger", "wandb") == 2
    assert wandb.run is None
    assert wandb_files.read(tmp_path / "runs")["exit"] == 1


def test_without_a_login_online_fails_at_once(tmp_path, capsys, monkeypatch, no_network):
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    monkeypatch.setenv("HOME", str(tmp_path))
    start = time.monotonic()
    assert run("fit", tmp_path, "--logger", "wandb-online") == 2
    assert time.monotonic() - start < 5
    assert capsys.readouterr().err == (
        "da: error: W&B has no login here; run `wandb login`, set WANDB_API_KEY, or stay offline\n"
    )
    assert not (tmp_path / "runs" / "DANN-source-target-0").exists()


def test_online_is_asked_for_although_offline_is_the_default(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("WANDB_API_KEY", "0" * 40)
    asked = []

    def init(**options):
        asked.append(options)
        raise wandb.errors.CommError("no answer\nfrom the server")

    monkeypatch.setattr(wandb, "init", init)
    assert run("fit", tmp_path, "--logger", "wandb-online") == 2
    assert os.environ["WANDB_MODE"] == "offline"
    assert asked[0]["mode"] == "online"
    assert asked[0]["settings"].init_timeout == tracking.PATIENCE
    err = capsys.readouterr().err
    assert err.startswith("da: error: W&B did not take the run (no answer from the server);")
    assert err.count("\n") == 1


def test_an_unreachable_server_is_given_up(tmp_path, monkeypatch):
    monkeypatch.setattr(tracking, "PATIENCE", 1)
    monkeypatch.setenv("WANDB_API_KEY", "0" * 40)
    monkeypatch.setenv("WANDB_BASE_URL", "http://127.0.0.1:9")  # nobody listens there
    wandb.teardown()
    start = time.monotonic()
    with pytest.raises(ValueError, match="W&B did not take the run"):
        tracking.start(mode="online", dir=str(tmp_path))
    assert time.monotonic() - start < 15


def test_a_login_is_found_where_it_is_stored(tmp_path, monkeypatch):
    netrc = tmp_path / "netrc"
    monkeypatch.setenv("NETRC", str(netrc))
    monkeypatch.setenv("WANDB_BASE_URL", "https://wandb.example.org")
    wandb.teardown()
    assert not tracking._has_key()
    netrc.write_text(f"machine wandb.example.org\n  login user\n  password {'0' * 40}\n")
    netrc.chmod(0o600)
    assert tracking._has_key()


def test_a_test_is_tracked_if_it_is_asked_for(tmp_path):
    assert run("fit", tmp_path) == 0
    path = tmp_path / "runs/DANN-source-target-0/version_0/checkpoints/last.ckpt"
    assert run("test", tmp_path, "--ckpt_path", path, "--logger", "wandb") == 0
    found = wandb_files.read(tmp_path / "runs")
    assert found["run"].job_type == "test"
    assert "oracle/accuracy" in found["history"][0]
