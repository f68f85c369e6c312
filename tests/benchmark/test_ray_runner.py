import os
import secrets
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from toy import EXECUTE, cell, records_of

from da.benchmark.ray_runner import run_all_ray
from da.benchmark.store import Store


@pytest.fixture
def path(tmp_path):
    return tmp_path / "store.sqlite"


@pytest.fixture(scope="module")
def token():
    """A password of these tests' own, so that Ray writes none into the user's home."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("RAY_AUTH_TOKEN", secrets.token_hex())
        yield


@pytest.fixture(scope="module")
def ray(token):
    """One Ray for all tests: it takes seconds to start."""
    ray = pytest.importorskip("ray")
    ray.init("local", num_cpus=2, include_dashboard=False, log_to_driver=False)
    yield ray
    ray.shutdown()


def python(script, *args):
    """A process that can import what this one can."""
    return subprocess.Popen(
        [sys.executable, "-c", script, *args],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def started(log):
    return [line.split() for line in log.read_text().splitlines()] if log.exists() else []


def test_without_ray_one_sentence_says_what_to_install(path, monkeypatch):
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(ValueError, match=r"--ray needs Ray .*; pip install 'da\[ray\]'"):
        run_all_ray(path, [cell(0)], EXECUTE, workers=1, show=False)
    with Store(path) as store:
        assert store.summary().states == {"todo": 1}


@pytest.mark.parametrize(
    ("execute", "workers", "sentence"),
    [("toy", 1, "package.module:function.*got 'toy'"), (EXECUTE, 0, "at least 1 worker; got 0")],
)
def test_bad_arguments_are_named(path, execute, workers, sentence):
    with pytest.raises(ValueError, match=sentence):
        run_all_ray(path, [cell(0)], execute, workers=workers)
    assert not path.exists()


def test_all_runs_are_executed_once_and_their_results_kept(ray, path, tmp_path):
    log = tmp_path / "log"
    runs = [cell(number, log=str(log), sleep=0.05) for number in range(6)]
    summary = run_all_ray(path, runs, EXECUTE, workers=2, show=False)
    assert summary.statuses == {"ok": 6}
    assert summary.accuracies == {"toy": [0.75] * 6}
    assert sorted(run_id for _, run_id in started(log)) == sorted(run.id for run in runs)
    assert str(os.getpid()) not in {pid for pid, _ in started(log)}
    with Store(path) as store:
        assert all(list(store.records([run.id])) == records_of(run) for run in runs)
        assert store.artifact(f"bits/{runs[3].id}") == runs[3].id.encode()
    assert run_all_ray(path, runs, EXECUTE, workers=2, show=False) == summary
    assert len(started(log)) == 6


def test_runs_of_one_job_are_one_task(ray, path, tmp_path):
    log = tmp_path / "log"
    runs = [cell(n, job="one", log=str(log)) for n in range(4)]
    assert run_all_ray(path, runs, EXECUTE, workers=3, show=False).statuses == {"ok": 4}
    assert [run_id for _, run_id in started(log)] == [run.id for run in runs]
    assert len({pid for pid, _ in started(log)}) == 1


@pytest.mark.parametrize(
    ("config", "reason"),
    [
        ({"raises": "RuntimeError"}, "RuntimeError: out of luck"),
        ({"no_result": True}, "ValueError: a job returns one result per run; got 0 of 1"),
        ({"no_json": True}, "TypeError: Object of type object is not JSON serializable"),
    ],
)
def test_an_exception_fails_its_run_and_the_rest_is_done(ray, path, config, reason):
    runs = [cell(0), cell(1, **config), cell(2)]
    summary = run_all_ray(path, runs, EXECUTE, workers=1, show=False)
    assert [(c.status, c.reason) for c in summary.cells] == [
        ("ok", None),
        ("failed", reason),
        ("ok", None),
    ]
    (log,) = (path.parent / "errors").iterdir()
    assert log.name == f"{runs[1].id}.txt"
    assert log.read_text().startswith("Traceback")


def test_a_run_is_tried_again_when_its_worker_was_killed_and_three_times_at_most(
    ray, path, tmp_path
):
    log = tmp_path / "log"
    unlucky = cell(1, dies=str(tmp_path / "died"), log=str(log))
    hopeless = cell(2, always_dies=True, log=str(log))
    summary = run_all_ray(path, [cell(0), unlucky, hopeless], EXECUTE, workers=2, show=False)
    assert [(c.status, c.reason) for c in summary.cells] == [
        ("ok", None),
        ("ok", None),
        ("failed", "worker died (WorkerCrashedError)"),
    ]
    times = [run_id for _, run_id in started(log)]
    assert (times.count(unlucky.id), times.count(hopeless.id)) == (2, 3)


def test_a_function_that_cannot_be_imported_is_named_and_no_run_blamed(ray, path):
    with pytest.raises(ValueError, match="cannot import toy:absent .*absent"):
        run_all_ray(path, [cell(0)], "toy:absent", workers=1, show=False)
    with Store(path) as store:
        assert [(c.state, c.tries) for c in store.summary().cells] == [("todo", 0)]


INTERRUPTED = """
import sys
from toy import EXECUTE, cell
from da.benchmark.ray_runner import run_all_ray
store, log = sys.argv[1:]
run_all_ray(store, [cell(n, log=log, sleep=n and 60) for n in range(3)], EXECUTE, workers=2)
"""


@pytest.mark.slow
@pytest.mark.parametrize("signum", [signal.SIGINT, signal.SIGKILL])
def test_an_interrupted_benchmark_gives_back_what_it_had_not_finished(
    token, path, tmp_path, signum
):
    pytest.importorskip("ray")
    log = tmp_path / "log"
    process = python(INTERRUPTED, path, log)
    deadline = time.monotonic() + 60
    while len(started(log)) < 3:
        assert time.monotonic() < deadline
        assert process.poll() is None
        time.sleep(0.1)
    process.send_signal(signum)
    _, stderr = process.communicate()
    with Store(path) as store:
        if signum == signal.SIGINT:
            assert "Stopped after 1 of 3 cells; the same command does the rest." in stderr
            assert store.summary().states == {"done": 1, "todo": 2}
        # At once, although the last sign of life is less than a second old.
        assert len(store.claim("host:1:1", [store.summary().cells[1].run_id])) == 1
    deadline = time.monotonic() + 30
    while any(Path(f"/proc/{pid}").exists() for pid, _ in started(log)):
        assert time.monotonic() < deadline
        time.sleep(0.1)


CLUSTER = """
import sys
from ray.cluster_utils import Cluster
from toy import EXECUTE, cell
from da.benchmark.ray_runner import run_all_ray
store, log = sys.argv[1:]
cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 1})
cluster.add_node(num_cpus=1)
runs = [cell(n, log=log, sleep=0.5) for n in range(6)]
print(run_all_ray(store, runs, EXECUTE, workers=2, address=cluster.address).statuses["ok"])
cluster.shutdown()
"""


@pytest.mark.slow
def test_a_cluster_is_used_by_its_address(token, path, tmp_path):
    pytest.importorskip("ray")
    output, stderr = python(CLUSTER, path, tmp_path / "log").communicate()
    assert output.endswith("6\n"), stderr
    assert len({pid for pid, _ in started(tmp_path / "log")}) == 2  # one CPU on each machine


@pytest.mark.parametrize("address", ["127.0.0.1:9", "ray://127.0.0.1:9", "127.0.0.1:port"])
def test_an_address_where_nobody_answers_is_one_sentence(path, monkeypatch, address):
    ray = pytest.importorskip("ray")
    monkeypatch.setattr(ray, "is_initialized", lambda: False)
    with pytest.raises(ValueError, match=f"no Ray cluster answers at '{address}' .*ray start"):
        run_all_ray(path, [cell(0)], EXECUTE, workers=1, address=address, show=False)
