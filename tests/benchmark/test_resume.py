"""A benchmark killed at any moment ends like one that was left alone."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from small import grid, run_all_by_workers

from da.benchmark import runner
from da.benchmark.store import Store

SMALL = Path(__file__).with_name("small.py")
CELLS = len(grid())


def start(root):
    """Start the benchmark in a process group of its own."""
    return subprocess.Popen(
        [sys.executable, SMALL, root],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        start_new_session=True,
        stdout=subprocess.PIPE,
        text=True,
    )


def states(root):
    with Store(root / "store.sqlite") as store:
        return store.summary().states


def records(root):
    """The exported records but for what they cost."""
    lines = (root / "records.jsonl").read_text().splitlines()
    return [{k: v for k, v in json.loads(line).items() if k != "cost"} for line in lines]


def contents(root):
    """All other exported files."""
    paths = [root / "records.csv", root / "splits.json", *sorted((root / "features").iterdir())]
    return {str(path.relative_to(root)): path.read_bytes() for path in paths}


@pytest.fixture(scope="module")
def roots(tmp_path_factory):
    """The folders of a benchmark that was killed and resumed, and of one that was not."""
    killed, undisturbed = (tmp_path_factory.mktemp(name) for name in ("killed", "undisturbed"))
    process, moment = start(killed), random.Random(1).uniform(0, 0.5)
    deadline = time.monotonic() + 120
    while not (killed / "store.sqlite").exists() or not states(killed)["done"]:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    time.sleep(moment)
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    found = states(killed)
    assert 0 < found["done"] < CELLS
    assert found["running"] > 0
    assert not (killed / "records.jsonl").exists()
    for root in (killed, undisturbed):
        assert start(root).communicate()[0] == f"{CELLS}\n"
    return killed, undisturbed


def test_the_records_are_those_of_an_undisturbed_benchmark(roots):
    killed, undisturbed = (records(root) for root in roots)
    assert len({record["run_id"] for record in killed}) == CELLS
    assert {record["status"] for record in killed} == {"ok", "failed"}
    assert killed == undisturbed


def test_tables_test_sets_and_features_are_the_same_to_the_byte(roots):
    killed, undisturbed = (contents(root) for root in roots)
    assert killed == undisturbed
    assert sum(name.startswith("features/") for name in killed) == 4


def test_a_further_call_starts_no_worker_and_changes_no_byte(roots, monkeypatch):
    monkeypatch.setattr(runner.Pool, "_start", lambda self: pytest.fail("a worker was started"))
    root = roots[0]
    before = (root / "records.jsonl").read_bytes(), contents(root)
    assert run_all_by_workers(root) == CELLS
    assert ((root / "records.jsonl").read_bytes(), contents(root)) == before
