import contextlib
import os
import sqlite3
import subprocess
import sys
import time

import pytest
from toy import cell, records_of

from da.benchmark.owner import BURIAL, PATIENCE, is_alive, owner_of
from da.benchmark.store import Result, Store

ME = owner_of(os.getpid())
OTHER = owner_of(os.getppid())  # lives too


def ok(run, **artifacts):
    return Result(run.id, "ok", None, records_of(run), artifacts)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "runs" / "store.sqlite"


class Contended(sqlite3.Connection):
    """A connection that others get ahead of when it asks for write-ahead mode.

    SQLite then refuses at once, without waiting, for two that wait for each other would do so
    forever.
    """

    refusals = 2

    def execute(self, sql, *values):
        if sql == "PRAGMA journal_mode = WAL" and Contended.refusals:
            Contended.refusals -= 1
            raise sqlite3.OperationalError("database is locked")
        return super().execute(sql, *values)


@pytest.fixture
def store(path):
    with Store(path) as store:
        yield store


def ids(runs):
    return [run.id for run in runs]


def edit(path, sql):
    with contextlib.closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(sql)


def test_runs_come_back_as_they_were_added_and_in_that_order(store):
    runs = [cell(number, weights=[0.1, None], name="é") for number in (2, 0, 1)]
    store.add(runs)
    store.add(runs)
    assert [store.claim(ME, ids(runs)) for _ in range(4)] == [[run] for run in runs] + [[]]


def test_runs_of_a_job_are_claimed_together_and_only_those_wanted(store):
    runs = [cell(0), cell(1, job="shared"), cell(2), cell(3, job="shared"), cell(4, job="shared")]
    store.add(runs)
    wanted = ids([runs[1], runs[2], runs[4]])
    assert store.claim(ME, wanted) == [runs[1], runs[4]]
    assert store.claim(ME, wanted) == [runs[2]]
    assert store.claim(ME, wanted) == []
    assert store.claim(ME, ids(runs)) == [runs[0]]


CLAIMS = """
import os, sys
sys.path[:] = {path}
from da.benchmark.owner import owner_of
from da.benchmark.store import Result, Store
me = owner_of(os.getpid())
print("ready", flush=True)
sys.stdin.readline()
with Store({file!r}) as store:
    names = [cell.run_id for cell in store.summary().cells]
    for _ in range({jobs}):
        runs = store.claim(me, names)
        print(*[run.id for run in runs])
        store.finish(me, [Result(run.id, "ok") for run in runs], 0.0)
"""


def claim_at_the_same_time(path, *, processes, jobs):
    """What each of several processes claims and finishes, one line per job."""
    script = CLAIMS.format(path=sys.path, file=str(path), jobs=jobs)
    claimers = [
        subprocess.Popen(
            [sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for _ in range(processes)
    ]
    for process in claimers:
        assert process.stdout.readline() == "ready\n"
    for process in claimers:
        process.stdin.write("go\n")
        process.stdin.flush()
    jobs = [process.communicate()[0].splitlines() for process in claimers]
    assert [process.returncode for process in claimers] == [0] * processes
    return jobs


def test_who_is_refused_write_ahead_mode_because_another_switches_to_it_tries_again(
    path, monkeypatch
):
    connect = sqlite3.connect
    monkeypatch.setattr(Contended, "refusals", 2)
    monkeypatch.setattr(sqlite3, "connect", lambda *a, **k: connect(*a, **k, factory=Contended))
    with Store(path) as store:
        assert store._query("PRAGMA journal_mode") == [("wal",)]
    assert Contended.refusals == 0


def test_a_file_that_stays_locked_is_told(path, monkeypatch):
    connect = sqlite3.connect
    monkeypatch.setattr("da.benchmark.database.WAIT", 0.05)
    monkeypatch.setattr(Contended, "refusals", 10**9)
    monkeypatch.setattr(sqlite3, "connect", lambda *a, **k: connect(*a, **k, factory=Contended))
    with pytest.raises(ValueError, match=r"cannot use the store .*database is locked"):
        Store(path)


def test_processes_that_claim_at_the_same_time_get_each_job_once(store, path):
    runs = [cell(number, job=f"job {number // 2}") for number in range(400)]
    store.add(runs)
    first, second = claim_at_the_same_time(path, processes=2, jobs=100)
    expected = [" ".join(ids(runs[i : i + 2])) for i in range(0, 400, 2)]
    assert sorted(first + second) == sorted(expected)


def test_processes_that_open_a_new_store_at_the_same_time_share_it(path):
    assert claim_at_the_same_time(path, processes=4, jobs=0) == [[]] * 4
    with Store(path) as store:
        assert store.summary().cells == []


def test_a_run_is_free_again_when_its_owner_died(store):
    runs = [cell(0)]
    store.add(runs)
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        owner = owner_of(process.pid)
        store.claim(owner, ids(runs))
        assert store.claim(ME, ids(runs)) == []
        process.kill()
        # Nobody has waited for it, so that it is a zombie, which kill(pid, 0) still finds.
        deadline = time.monotonic() + 5
        while is_alive(owner, 0.0) and time.monotonic() < deadline:
            time.sleep(0.01)
        assert process.returncode is None
        assert store.claim(ME, ids(runs)) == runs


def test_a_living_runner_gives_back_what_its_dead_worker_left(store, path):
    runs = [cell(0)]
    store.add(runs)
    host = ME.split(":")[0]
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        dead = f"{host}:{process.pid}:1"
    store.claim(f"{dead}+{ME}", ids(runs))
    assert store.claim(OTHER, ids(runs)) == []
    edit(path, f"UPDATE runs SET beat = {time.time() - BURIAL - 1}")  # it seems not to care
    assert store.claim(OTHER, ids(runs)) == runs
    store.release(OTHER)
    store.claim(f"{dead}+{dead}", ids(runs))
    assert store.claim(OTHER, ids(runs)) == runs
    assert store.summary().cells[0].tries == 1


def test_a_process_with_the_number_of_a_dead_one_is_another():
    host, pid, start = ME.rsplit(":", 2)
    if not start:
        pytest.skip("no /proc")
    assert is_alive(ME, 0.0)
    assert not is_alive(f"{host}:{pid}:{int(start) - 1}", time.time())


def test_an_owner_on_another_machine_lives_as_long_as_its_heart_beats(store, path):
    runs = [cell(0)]
    store.add(runs)
    far = "another.machine:1:1"
    store.claim(far, ids(runs))
    edit(path, f"UPDATE runs SET beat = {time.time() - PATIENCE - 1}")
    store.beat(far, ids(runs), 0.5, {})
    assert store.claim(ME, ids(runs)) == []
    edit(path, f"UPDATE runs SET beat = {time.time() - PATIENCE - 1}")
    assert store.claim(ME, ids(runs)) == runs


def test_records_are_sorted_by_method_task_seed_and_step(store):
    runs = [cell(n, method) for method in ("b", "a") for n in (4, 12, 3, 0)]
    store.add(runs)
    for run in runs:
        store.claim(ME, [run.id])
        store.finish(ME, [ok(run)], 1.0)
    ordered = sorted(runs, key=lambda run: (run.method, run.task, run.seed))
    assert list(store.records()) == [record for run in ordered for record in records_of(run)]
    assert list(store.records([runs[0].id])) == records_of(runs[0])


def test_artifacts_are_kept_once_and_found_by_prefix(store):
    runs = [cell(0), cell(1)]
    store.add(runs)
    for run in runs:
        store.claim(ME, ids(runs))
        store.finish(ME, [ok(run, **{"a_b": b"\0first", f"ab/{run.seed}": b"x"})], 1.0)
    assert store.artifact("a_b") == b"\0first"
    assert list(store.artifacts("a_")) == [("a_b", b"\0first")]
    assert [name for name, _ in store.artifacts()] == ["a_b", "ab/0", "ab/1"]
    with pytest.raises(ValueError, match="has no artifact 'c'"):
        store.artifact("c")


def test_results_of_a_run_that_was_lost_are_dropped(store):
    runs = [cell(0, job="j"), cell(1, job="j")]
    store.add(runs)
    store.claim(ME, ids(runs))
    store.release(ME)
    store.claim(OTHER, [runs[0].id])
    store.claim(ME, [runs[1].id])
    store.finish(ME, [ok(run) for run in runs], 4.0)
    assert list(store.records()) == records_of(runs[1])
    assert [cell.state for cell in store.summary().cells] == ["running", "done"]
    store.finish(OTHER, [ok(runs[0])], 2.0)
    store.finish(OTHER, [ok(runs[0])], 2.0)
    assert [cell.seconds for cell in store.summary().cells] == [2.0, 2.0]


def test_results_are_written_all_or_none(store):
    runs = [cell(0, job="j"), cell(1, job="j")]
    store.add(runs)
    store.claim(ME, ids(runs))
    broken = ok(runs[1], a=b"")
    broken.artifacts["a"] = object()  # SQLite refuses it, after the first run has been written
    with pytest.raises(ValueError, match="cannot use the store"):
        store.finish(ME, [ok(runs[0]), broken], 1.0)
    assert list(store.records()) == []
    assert store.summary().states == {"running": 2}


def test_a_lost_run_is_tried_again_until_it_was_tried_often_enough(store):
    runs = [cell(0)]
    store.add(runs)
    for _ in range(2):
        store.claim(ME, ids(runs))
        assert store.lose(ME, "worker died", tries=3) == 1
        store.claim(ME, ids(runs))
        store.release(ME)  # does not count
    assert store.lose(ME, "worker died", tries=3) == 0
    assert store.claim(ME, ids(runs)) == runs
    store.lose(ME, "worker died", tries=3)
    [left] = store.summary().cells
    assert (left.state, left.status, left.reason) == ("done", "failed", "worker died")


def test_reset_forgets_the_chosen_statuses_only(store):
    runs = [cell(number) for number in range(3)]
    store.add(runs)
    for run, status in zip(runs, ["ok", "failed", "diverged"], strict=True):
        store.claim(ME, [run.id])
        store.finish(ME, [Result(run.id, status, None, records_of(run))], 1.0)
    store.reset(ids(runs[:2]), ["failed", "diverged"])
    assert list(store.records()) == [r for run in (runs[0], runs[2]) for r in records_of(run)]
    assert store.claim(ME, ids(runs)) == [runs[1]]


def test_summary_tells_states_notes_and_what_is_left(store):
    runs = [cell(n, "a") for n in range(3)] + [cell(n, "b") for n in range(3)]
    store.add(runs)
    for run, status, seconds in [(runs[0], "ok", 2.0), (runs[1], "not_applicable", 0.0)]:
        store.claim(ME, [run.id])
        store.beat(ME, [run.id], 0.9, {"accuracy": 0.5})
        store.finish(ME, [Result(run.id, status, "why")], seconds)
    store.claim(ME, [runs[3].id])
    store.beat(ME, [runs[3].id], 0.25, {"accuracy": 0.125})
    summary = store.summary(ids(runs))
    assert summary.states == {"done": 2, "running": 1, "todo": 3}
    assert summary.statuses == {"ok": 1, "not_applicable": 1}
    assert summary.jobs == 4
    assert [cell.run_id for cell in summary.latest] == ids([runs[1], runs[0]])
    assert summary.accuracies == {"a": [0.5, 0.5]}
    assert [(c.progress, c.note) for c in summary.workers[ME]] == [(0.25, {"accuracy": 0.125})]
    # Four cells left, one of them by a quarter done; a cell that ran took two seconds.
    assert summary.seconds_left == pytest.approx(3.75 * 2.0)


def test_a_result_has_one_of_four_statuses():
    with pytest.raises(ValueError, match="not_applicable; got 'crashed'"):
        Result("id", "crashed")


@pytest.mark.parametrize("content", [b"no database, but long enough to be one\n" * 99, b"x"])
def test_a_file_that_is_no_database_is_named(path, content):
    path.parent.mkdir()
    path.write_bytes(content)
    with pytest.raises(ValueError, match=r"store.sqlite \(file is not a database\); move it away"):
        Store(path)
    assert path.read_bytes() == content


def test_a_damaged_file_is_named(path):
    with Store(path) as store:
        store.add([cell(number) for number in range(200)])
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])
    with pytest.raises(ValueError, match="malformed"), Store(path) as store:
        store.check()
    path.write_bytes(content[:8192] + b"\xff" * 4096 + content[12288:])
    with pytest.raises(ValueError, match="cannot use the store"), Store(path) as store:
        store.check()


def test_the_database_of_another_program_is_left_alone(path):
    path.parent.mkdir()
    edit(path, "CREATE TABLE runs (id)")
    content = path.read_bytes()
    with pytest.raises(ValueError, match="another program's database"):
        Store(path)
    assert path.read_bytes() == content


def test_another_format_is_named(path):
    Store(path).close()
    edit(path, "PRAGMA user_version = 99")
    with pytest.raises(ValueError, match="it has format 99, and this is format 1"):
        Store(path)


def test_a_folder_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(ValueError, match=r"cannot write the store .*; name another folder"):
        Store(tmp_path / "file" / "store.sqlite")
    with pytest.raises(ValueError, match=r"cannot write the store .*; name another folder"):
        Store(tmp_path)
