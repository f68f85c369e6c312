import io
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest
from rich.console import Console
from toy import EXECUTE, cell, records_of

from da.benchmark import runner
from da.benchmark.progress import Progress
from da.benchmark.runner import run_all
from da.benchmark.store import Store

TOY = Path(__file__).with_name("toy.py")


@pytest.fixture
def path(tmp_path):
    return tmp_path / "store.sqlite"


def toy_process(path, log, *, sleep, cells):
    """A benchmark in a process group of its own."""
    return subprocess.Popen(
        [sys.executable, TOY, path, log, str(sleep), str(cells)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        start_new_session=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def wait_for(condition):
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def started(log):
    """Pairs of worker and run, in the order in which they began."""
    return [line.split() for line in log.read_text().splitlines()] if log.exists() else []


def gone(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


def records(path):
    with Store(path) as store:
        return list(store.records())


def test_all_runs_are_executed_and_their_results_kept(path):
    runs = [cell(number) for number in range(6)]
    summary = run_all(path, runs, EXECUTE, show=False)
    assert summary.states == {"done": 6}
    assert summary.statuses == {"ok": 6}
    assert summary.accuracies == {"toy": [0.75] * 6}
    with Store(path) as store:
        assert len(list(store.records())) == 18
        assert store.artifact(f"bits/{runs[3].id}") == runs[3].id.encode()


def test_a_second_call_starts_no_process(path, monkeypatch):
    runs = [cell(number) for number in range(3)]
    first = run_all(path, runs, EXECUTE, show=False)
    monkeypatch.setattr(runner.Pool, "_start", lambda self: pytest.fail("a process was started"))
    assert run_all(path, runs, EXECUTE, show=False) == first


def test_no_more_workers_start_than_there_are_jobs(path, tmp_path, monkeypatch):
    log, start, workers = tmp_path / "log", runner.Pool._start, []
    monkeypatch.setattr(
        runner.Pool, "_start", lambda self: workers.append(start(self)) or workers[-1]
    )
    runs = [cell(n, job="one", log=str(log)) for n in range(4)]
    run_all(path, runs, EXECUTE, workers=3, show=False)
    assert started(log) == [[str(workers[0].process.pid), run.id] for run in runs]
    assert len(workers) == 1


def test_neither_the_store_nor_the_runner_imports_torch():
    code = "import sys, da.benchmark.runner; sys.exit('torch' in sys.modules)"
    path = {"PYTHONPATH": os.pathsep.join(sys.path)}
    assert subprocess.run([sys.executable, "-c", code], env={**os.environ, **path}).returncode == 0


def test_workers_compute_with_one_thread_and_print_to_a_log(path):
    run_all(path, [cell(0, print="threads")], EXECUTE, show=False)
    assert path.with_name("workers.log").read_text() == "threads 1 0\n"


def test_a_worker_keeps_nothing_of_the_jobs_it_has_done(path):
    runs = [cell(i, tangles=True) for i in range(3)]
    assert run_all(path, runs, EXECUTE, workers=1, show=False).statuses == {"ok": 3}


@pytest.mark.parametrize(
    ("config", "reason"),
    [
        ({"raises": "RuntimeError"}, "RuntimeError: out of luck"),
        ({"raises": "MemoryError"}, "MemoryError: out of luck"),
        ({"no_result": True}, "ValueError: a job returns one result per run; got 0 of 1"),
        ({"no_json": True}, "TypeError: Object of type object is not JSON serializable"),
    ],
)
def test_an_exception_fails_its_run_and_the_rest_is_done(path, config, reason):
    runs = [cell(0), cell(1, **config), cell(2)]
    summary = run_all(path, runs, EXECUTE, workers=1, show=False)
    assert [c.status for c in summary.cells] == ["ok", "failed", "ok"]
    assert summary.cells[1].reason == reason
    log = path.parent / "errors" / f"{runs[1].id}.txt"
    assert log.read_text().startswith("Traceback")
    assert len(list(log.parent.iterdir())) == 1


def test_a_run_is_tried_again_when_its_worker_was_killed(path, tmp_path):
    log = tmp_path / "log"
    unlucky = cell(1, dies=str(tmp_path / "died"), log=str(log))
    summary = run_all(path, [cell(0), unlucky, cell(2)], EXECUTE, show=False)
    assert summary.statuses == {"ok": 3}
    assert [run_id for _, run_id in started(log)] == [unlucky.id] * 2
    with Store(path) as store:
        assert list(store.records([unlucky.id])) == records_of(unlucky)


@pytest.mark.parametrize(
    ("config", "reason"),
    [
        ({"always_dies": True}, "worker died with signal 9"),
        ({"exits": 7}, "worker exited with code 7"),
    ],
)
def test_a_run_that_kills_three_workers_has_failed(path, tmp_path, config, reason):
    log = tmp_path / "log"
    runs = [cell(0, log=str(log), **config), cell(1)]
    summary = run_all(path, runs, EXECUTE, show=False)
    assert [(c.status, c.reason) for c in summary.cells] == [("failed", reason), ("ok", None)]
    assert len({pid for pid, _ in started(log)}) == 3


def test_failed_runs_are_tried_again_after_a_reset(path, tmp_path):
    runs = [cell(0), cell(1, raises="RuntimeError", log=str(tmp_path / "log"))]
    run_all(path, runs, EXECUTE, show=False)
    with Store(path) as store:
        store.reset([run.id for run in runs], ["failed"])
    assert run_all(path, runs, EXECUTE, show=False).statuses == {"ok": 1, "failed": 1}
    assert len(started(tmp_path / "log")) == 2


def test_a_killed_benchmark_ends_like_an_undisturbed_one(path, tmp_path):
    log, cells, interrupted = tmp_path / "log", 24, Counter()
    moments = random.Random(0)
    for _ in range(3):
        before = len(started(log))
        process = toy_process(path, log, sleep=0.08, cells=cells)
        wait_for(lambda before=before: len(started(log)) > before)
        time.sleep(moments.uniform(0, 0.15))
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        with Store(path) as store:
            store.check()
            running = [cell for cell in store.summary().cells if cell.state == "running"]
            interrupted.update(cell.run_id for cell in running)
    process = toy_process(path, log, sleep=0.08, cells=cells)
    assert process.communicate()[0] == f"{cells}\n"
    # Only what was in flight was executed again.
    starts = Counter(run_id for _, run_id in started(log))
    assert interrupted
    assert len(starts) == cells
    assert all(times <= 1 + interrupted[run_id] for run_id, times in starts.items())

    undisturbed = toy_process(tmp_path / "undisturbed", log, sleep=0.08, cells=cells)
    assert undisturbed.communicate()[0] == f"{cells}\n"
    assert records(path) == records(tmp_path / "undisturbed")


def test_workers_end_when_their_parent_is_killed(path, tmp_path):
    log = tmp_path / "log"
    process = toy_process(path, log, sleep=30, cells=2)
    wait_for(lambda: len(started(log)) == 2)
    process.kill()
    process.communicate()
    wait_for(lambda: all(gone(pid) for pid, _ in started(log)))


def test_two_benchmarks_on_one_store_execute_each_run_once(path, tmp_path):
    log = tmp_path / "log"
    both = [toy_process(path, log, sleep=0.05, cells=60) for _ in range(2)]
    assert [process.communicate()[0] for process in both] == ["60\n", "60\n"]
    assert len(started(log)) == 60
    assert len(records(path)) == 180
    assert len({pid for pid, _ in started(log)}) > 2  # both took part


def test_a_benchmark_waits_for_runs_that_another_executes(path, tmp_path):
    log = tmp_path / "log"
    first = toy_process(path, log, sleep=1.0, cells=1)
    wait_for(lambda: started(log))
    assert toy_process(path, log, sleep=1.0, cells=1).communicate()[0] == "1\n"
    first.communicate()
    assert len(started(log)) == 1


def test_control_c_keeps_what_was_finished_and_ends_at_once(path, tmp_path):
    log = tmp_path / "log"
    process = toy_process(path, log, sleep=0.4, cells=20)
    wait_for(lambda: len(started(log)) >= 4)
    begun = len(started(log))
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does: to the workers too
    _, stderr = process.communicate()
    assert len(started(log)) <= begun + 2  # each of two workers may have begun one meanwhile
    assert process.returncode != 0
    with Store(path) as store:
        states = store.summary().states
        assert {c.tries for c in store.summary().cells if c.state == "todo"} == {0}
    assert states["running"] == 0
    assert states["done"] >= 2
    assert f"Stopped after {states['done']} of 20 cells; the same command does" in stderr
    assert stderr.rstrip().endswith("KeyboardInterrupt")
    assert all(gone(pid) for pid, _ in started(log))
    assert path.with_name("workers.log").read_text() == ""
    assert len(records(path)) == 3 * states["done"]


def test_workers_leave_control_c_to_their_parent(path, tmp_path):
    log = tmp_path / "log"
    process = toy_process(path, log, sleep=0.4, cells=1)
    wait_for(lambda: started(log))
    os.kill(int(started(log)[0][0]), signal.SIGINT)
    assert process.communicate()[0] == "1\n"
    assert len(started(log)) == 1


@pytest.mark.parametrize("execute", ["no_such_module:execute", "toy:no_such_function"])
def test_a_function_that_cannot_be_imported_is_named_and_no_run_blamed(path, execute):
    with pytest.raises(ValueError, match=f"cannot import {execute} .*no_such"):
        run_all(path, [cell(0)], execute, show=False)
    with Store(path) as store:
        assert store.summary().states == {"todo": 1}


def test_workers_that_cannot_start_are_not_started_for_ever(path, monkeypatch):
    monkeypatch.setattr(sys, "path", [entry for entry in sys.path if "main" in entry])
    with pytest.raises(RuntimeError, match=r"3 workers in a row .* \(worker exited with code 1\)"):
        run_all(path, [cell(0)], EXECUTE, show=False)


@pytest.mark.parametrize(
    ("execute", "workers", "sentence"),
    [("toy", 1, "package.module:function.*got 'toy'"), (EXECUTE, 0, "at least 1 worker; got 0")],
)
def test_bad_arguments_are_named(path, execute, workers, sentence):
    with pytest.raises(ValueError, match=sentence):
        run_all(path, [cell(0)], execute, workers=workers)
    assert not path.exists()


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.fixture
def half_done(path):
    runs = [cell(n, f"method {n // 2}") for n in range(4)]
    run_all(path, runs[:2], EXECUTE, show=False)
    with Store(path) as store:
        store.add(runs)
        store.claim("host:1:1", [runs[2].id])
        store.beat("host:1:1", [runs[2].id], 0.5, {"accuracy": 0.4321})
        return store.summary()


def test_a_terminal_shows_workers_accuracies_and_the_time_left(half_done):
    screen = Terminal()
    console = Console(file=screen, width=120, force_terminal=True)
    with Progress(console=console) as progress:
        progress.update(half_done)
    text = screen.getvalue()
    for part in ("2/4 cells", "left", "method 1", "task2", "seed 2", "accuracy 43.2", "75.0"):
        assert part in text


def test_elsewhere_a_plain_line_is_printed_now_and_then_and_at_the_end(half_done, path):
    lines = io.StringIO()
    console = Console(file=lines, force_terminal=True)  # as under FORCE_COLOR
    with Progress(console=console) as progress:
        progress.update(half_done)
        assert lines.getvalue() == ""
        progress.shown -= 15
        progress.update(half_done)
        progress.update(half_done)
        with Store(path) as store:
            names = [c.run_id for c in half_done.cells[:2]]
            progress.update(store.summary(names))
    first, last = lines.getvalue().splitlines()
    assert first.startswith("2/4 cells, 0:00 elapsed, about 0:00 left; method 0 75.0")
    assert last == "2/2 cells, 0:00 elapsed; method 0 75.0"
