import numpy as np
import pytest
import wandb
import wandb_files
from records import record, split, unfinished

from da import tracking
from da.benchmark.dashboard import STEP, cells, send

LABELS = [0, 1, 2, 0, 1, 2]
KEY, _ = split(LABELS)
RIGHT, HALF = LABELS, [0, 1, 2, 1, 2, 0]


@pytest.fixture(autouse=True)
def closed(monkeypatch):
    """Start and end without a W&B run."""
    monkeypatch.setenv("WANDB_SILENT", "true")
    monkeypatch.setenv("WANDB_MODE", "offline")
    yield
    tracking.finish()
    wandb.teardown()


@pytest.fixture
def suite():
    """Return two checkpoints of source-only and of DANN, and a run of DAN that diverged."""
    log = [{"step": 4, "train/task_loss": 2.0}, {"step": 8, "train/task_loss": 1.0}]
    known = {"test_sha256": KEY, "steps": 8}
    return [
        record("source_only", HALF, LABELS, step=4, **known),
        record("source_only", HALF, LABELS, step=8, loss_log=log, **known),
        record("dann", HALF, LABELS, step=4, s_val=0.5, **known),
        record("dann", RIGHT, LABELS, step=8, s_val=0.75, loss_log=log, **known),
        unfinished("dan", "diverged", "the loss is nan", test_sha256=KEY),
    ]


def test_a_cell_is_one_run_with_its_history_and_summary(tmp_path, suite):
    dann = suite[2]["run_id"]
    assert send(suite, tmp_path) == 3
    found = wandb_files.read(tmp_path, dann)
    assert found["run"].run_id == dann
    assert found["run"].project == "da"
    assert found["run"].run_group == "digits/fonts->uci"
    assert found["run"].job_type == "bench"
    assert {*found["run"].tags} == {"dann", "source:fonts", "target:uci", "seed:0"}
    assert found["config"]["method"]["hp"] == {"weight": 1.0}
    assert found["config"]["task"]["name"] == "fonts->uci"
    assert found["config"]["seed"] == 0
    assert found["config"]["backbone"] == {"class": "da.backbones.DigitNet"}
    assert found["config"]["train"] == {"steps": 8, "batch_s": 64, "batch_t": 64}
    history = {row[STEP]: row for row in found["history"]}
    assert history[4]["train/task_loss"] == 2.0
    assert history[4]["score/source_accuracy"] == 0.5
    assert history[4]["oracle/accuracy"] == 0.5
    assert history[8]["oracle/accuracy"] == history[8]["oracle/macro_recall"] == 1.0
    assert history[8]["score/source_accuracy"] == 0.75
    assert found["summary"]["status"] == "ok"
    assert found["summary"]["oracle/accuracy"] == 1.0
    assert found["summary"]["oracle/delta"] == 0.5
    assert found["exit"] == 0


def test_a_run_without_numbers_says_why(tmp_path, suite):
    send(suite, tmp_path)
    found = wandb_files.read(tmp_path, suite[-1]["run_id"])
    assert found["history"] == []
    assert found["summary"]["status"] == "diverged"
    assert found["summary"]["reason"] == "the loss is nan"
    assert found["exit"] == 1


def test_only_new_cells_are_sent(tmp_path, suite):
    assert send(suite[:2], tmp_path) == 1
    assert send(suite, tmp_path) == 2
    assert send(suite, tmp_path) == 0
    files = sorted(p.stem for p in tmp_path.rglob("run-*.wandb"))
    assert files == sorted({f"run-{r['run_id']}" for r in suite})
    assert len((tmp_path / "wandb" / "sent.txt").read_text().splitlines()) == 3


def test_a_cell_that_was_run_again_is_sent_again(tmp_path, suite, monkeypatch):
    sent = []
    monkeypatch.setattr("da.benchmark.dashboard._send", lambda run_id, *_: sent.append(run_id))
    send(suite, tmp_path)
    again = record("dan", RIGHT, LABELS, step=8, steps=8, test_sha256=KEY)
    assert send([*suite[:-1], again], tmp_path) == 1
    assert sent[-1] == again["run_id"] == suite[-1]["run_id"]


def test_offline_and_online_are_remembered_apart(tmp_path, suite, monkeypatch):
    modes = []
    monkeypatch.setattr("da.benchmark.dashboard._send", lambda *given: modes.append(given[-1]))
    for mode in ("offline", "online", "online", "dryrun", "disabled"):
        monkeypatch.setenv("WANDB_MODE", mode)
        send(suite[:2], tmp_path)
    assert modes == ["offline", "online"]


def test_what_was_sent_before_a_failure_is_remembered(tmp_path, suite, monkeypatch):
    sent = []

    def fail_once(run_id, *_):
        sent.append(run_id)
        if len(sent) == 2:
            raise ValueError("no answer")

    monkeypatch.setattr("da.benchmark.dashboard._send", fail_once)
    with pytest.raises(ValueError, match="no answer"):
        send(suite, tmp_path)
    assert send(suite, tmp_path) == 2
    assert sent[1] == sent[2]


def test_the_difference_is_from_the_twin_of_the_same_seed_and_task(suite):
    other = record("source_only", RIGHT, LABELS, step=8, steps=8, seed=1, test_sha256=KEY)
    worse = record(
        "source_only", np.zeros(6), LABELS, step=8, steps=8, task="uci->fonts", test_sha256=KEY
    )
    found = cells([*suite, other, worse])
    assert found[suite[2]["run_id"]]["summary"]["oracle/delta"] == 0.5
    assert "oracle/delta" not in found[suite[0]["run_id"]]["summary"]
    alone = cells(suite[2:4])[suite[2]["run_id"]]
    assert "oracle/delta" not in alone["summary"]


def test_a_score_without_a_value_is_left_out(suite):
    suite[3]["validators"]["source_accuracy"] = {"value": None, "status": "undefined"}
    history = cells(suite)[suite[2]["run_id"]]["history"]
    assert "score/source_accuracy" in history[0]
    assert "score/source_accuracy" not in history[1]
