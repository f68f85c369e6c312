import csv
import json
import random
import stat

import numpy as np
import pytest
from small import changed, run_all_here, short, suite

from da.benchmark.results import COLUMNS, export, read, write, write_reports
from da.benchmark.store import Store
from da.benchmark.validator_pool import unpack_logits

TASKS = ("source->target", "source->target:label_shift", "source->target:impossible")
PLAIN = {"model": {"init_args": {"backbone": {"init_args": {"batch_norm": False}}}}}
STEEP = {
    "model": {
        "init_args": {"optimizer": {"class_path": "torch.optim.SGD", "init_args": {"lr": 1e6}}}
    }
}


@pytest.fixture(scope="module")
def runs():
    """Runs of every status: on one task all fail, elsewhere one diverges and one does not apply."""
    plan = short(suite(methods=("source_only", "adabn", "dan", "target_only"), tasks=TASKS), PLAIN)
    return [changed(run, STEEP) if run.method == "dan" else run for run in plan]


@pytest.fixture(scope="module")
def root(runs, tmp_path_factory):
    folder = tmp_path_factory.mktemp("runs")
    run_all_here(folder, runs)
    return folder


def test_what_was_exported_is_read_back(root, runs):
    assert read(root) == export(root, runs)


def test_each_run_has_its_last_step_or_its_reason(root, runs):
    records, _ = read(root)
    assert {r["run_id"] for r in records} == {run.id for run in runs}
    for record in records:
        expected = {
            "source->target:impossible": "not_applicable"
            if record["method"]["name"] == "adabn"
            else "failed"
        }.get(
            record["task"]["name"],
            {"adabn": "not_applicable", "dan": "diverged"}.get(record["method"]["name"], "ok"),
        )
        assert record["status"] == expected
        assert (record["reason"] is None) == (expected == "ok")


def test_a_run_without_numbers_shares_the_test_set_of_its_task(root):
    records, splits = read(root)
    for task in TASKS[:2]:
        keys = {r["split"]["test_sha256"] for r in records if r["task"]["name"] == task}
        assert len(keys) == 1
        assert keys < splits.keys()
    assert all(r["split"] is None for r in records if r["task"]["name"] == TASKS[2])
    assert len(splits) == 2


def test_records_are_sorted_however_the_runs_were_done(root, runs, tmp_path):
    order = random.Random(0).sample(runs, len(runs))
    records, splits = run_all_here(tmp_path, order)
    for record in (*records, *(first := read(root)[0])):
        record.pop("cost", None)
    assert (records, splits) == (first, read(root)[1])
    keys = [(r["task"]["name"], r["method"]["name"], r["train"]["step"] or -1) for r in records]
    assert keys == sorted(keys)
    assert (tmp_path / "records.csv").read_bytes() == (root / "records.csv").read_bytes()


def test_the_csv_has_a_line_for_each_record(root):
    records, _ = read(root)
    with (root / "records.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert tuple(rows[0]) == COLUMNS
    assert [row["run_id"] for row in rows] == [record["run_id"] for record in records]
    for row, record in zip(rows, records, strict=True):
        assert row["status"] == record["status"]
        if record["metrics"] is None:
            assert row["accuracy"] == ""
            continue
        test = record["metrics"]["t_test"]
        assert float(row["accuracy"]) == pytest.approx(test["acc"], abs=1e-6)
        assert float(row["macro_recall"]) == pytest.approx(test["macro"], abs=1e-6)
        information = record["validators"]["information_maximization"]["value"]
        assert float(row["information_maximization"]) == pytest.approx(information, abs=1e-6)


def test_features_are_written_where_the_record_says(root):
    records, _ = read(root)
    names = {r["artifacts"].get("features") for r in records} - {None}
    assert names
    assert names == {f"features/{path.name}" for path in (root / "features").iterdir()}


def test_logits_are_written_where_the_record_says_and_score_the_pool(root):
    records, _ = read(root)
    evaluated = [r for r in records if r["metrics"]]
    names = {r["artifacts"]["logits"] for r in evaluated}
    assert names == {f"logits/{path.name}" for path in (root / "logits").iterdir()}
    for record in evaluated:
        logits = unpack_logits((root / record["artifacts"]["logits"]).read_bytes())
        stored = logits[record["train"]["step"]].argmax(1)
        shares = np.bincount(stored, minlength=2) / len(stored)
        assert record["metrics"]["t_val"]["predicted"] == pytest.approx(shares.tolist())
    pools = {
        r["validators"]["ensv"]["pool"] for r in evaluated if r["method"]["name"] == "source_only"
    }
    assert pools == {3}  # its checkpoints: no other method has numbers here
    assert all("ensv" not in r["validators"] for r in evaluated if "target" in r["method"]["name"])


def test_logits_are_written_again_only_if_they_changed(root, runs):
    path = next((root / "logits").iterdir())
    before = path.stat().st_mtime_ns
    export(root, runs)
    assert path.stat().st_mtime_ns == before
    content = path.read_bytes()
    path.write_bytes(b"damaged")
    export(root, runs)
    assert path.read_bytes() == content


def test_a_part_of_the_runs_is_exported_alone(root, runs, tmp_path):
    chosen = [run for run in runs if run.task == TASKS[0]]
    (tmp_path / "store.sqlite").write_bytes((root / "store.sqlite").read_bytes())
    records, splits = export(tmp_path, chosen)
    assert {r["task"]["name"] for r in records} == {TASKS[0]}
    assert len(splits) == 1


def test_reports_are_written_for_runs_of_every_status(root, capsys):
    write_reports(*read(root), root)
    for name in ("table.md", "table.tex", "story.md", "report.html"):
        assert (root / name).stat().st_size > 0
    shown = capsys.readouterr().out
    assert "report.html" in shown.replace("\n", "")
    assert "source→target, impossible" in (root / "table.md").read_text()
    assert "classes=5" in (root / "report.html").read_text()


def test_a_folder_without_records_says_what_to_do(tmp_path):
    with pytest.raises(FileNotFoundError, match="holds no records.jsonl; run da bench with --root"):
        read(tmp_path)


@pytest.mark.parametrize("name", ["records.jsonl", "splits.json"])
def test_damaged_files_are_refused(root, tmp_path, name):
    for file in ("records.jsonl", "splits.json"):
        (tmp_path / file).write_bytes((root / file).read_bytes())
    (tmp_path / name).write_text('{"half": ')
    with pytest.raises(ValueError, match=f"the records in {tmp_path} cannot be read: "):
        read(tmp_path)


def test_a_file_is_replaced_whole_and_leaves_nothing_behind(tmp_path):
    path = tmp_path / "file"
    write(path, "first")
    write(path, b"second")
    assert path.read_bytes() == b"second"
    assert stat.S_IMODE(path.stat().st_mode) == 0o644
    assert list(tmp_path.iterdir()) == [path]


def test_a_write_that_fails_keeps_the_old_file(tmp_path, monkeypatch):
    path = tmp_path / "file"
    write(path, "first")

    def full(_):
        raise OSError("No space left on device")

    monkeypatch.setattr("da.benchmark.results.os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        write(path, "second")
    assert path.read_text() == "first"
    assert list(tmp_path.iterdir()) == [path]


def test_no_number_is_invented_for_json(root):
    for line in (root / "records.jsonl").read_text().splitlines():
        json.loads(line, parse_constant=lambda name: pytest.fail(f"{name} is not JSON"))


def test_the_store_keeps_what_was_exported(root, runs):
    with Store(root / "store.sqlite") as store:
        assert store.summary([run.id for run in runs]).states == {"done": len(runs)}
