"""The benchmark's memory: the queue of its cells and their results, in one SQLite file."""

import json
import time
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from da.benchmark.database import Database
from da.benchmark.grid import Run
from da.benchmark.owner import is_alive
from da.benchmark.summary import Cell, Summary

STATUSES = ("ok", "diverged", "failed", "not_applicable")
AMONG = "(SELECT value FROM json_each(?))"  # many values as one parameter; their number is free


@dataclass(frozen=True)
class Result:
    """What executing one run yields.

    Attributes:
        run_id: The run's id.
        status: "ok", "diverged", "failed" or "not_applicable".
        reason: Why the status is not "ok", in one line.
        records: One per evaluated checkpoint, as JSON has it.
        artifacts: Content by name; the same name means the same content.

    Raises:
        ValueError: If the status is none of the four.
    """

    run_id: str
    status: str
    reason: str | None = None
    records: list[dict[str, Any]] = field(default_factory=list)
    artifacts: dict[str, bytes] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.status not in STATUSES:
            raise ValueError(f"a result is {', '.join(STATUSES)}; got {self.status!r}")


class Store(Database):
    """Runs, which processes claim, and their records and artifacts.

    A process that dies loses the runs it had claimed and not finished, which are free again, and
    nothing else. ``ids`` are ids of runs; None stands for all runs in the store.
    """

    version: ClassVar = 1
    schema: ClassVar = (
        """CREATE TABLE runs (
            position INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, job TEXT NOT NULL,
            suite TEXT NOT NULL, method TEXT NOT NULL, task TEXT NOT NULL, seed INTEGER NOT NULL,
            config TEXT NOT NULL, state TEXT NOT NULL DEFAULT 'todo', status TEXT, reason TEXT,
            owner TEXT, beat REAL, tries INTEGER NOT NULL DEFAULT 0,
            progress REAL NOT NULL DEFAULT 0, note TEXT NOT NULL DEFAULT '{}',
            seconds REAL, finished REAL
        )""",
        """CREATE TABLE records (
            run_id TEXT NOT NULL, ordinal INTEGER NOT NULL, record TEXT NOT NULL,
            PRIMARY KEY (run_id, ordinal)
        )""",
        "CREATE TABLE artifacts (name TEXT PRIMARY KEY, content BLOB NOT NULL)",
    )

    def __enter__(self) -> "Store":
        return self

    def add(self, runs: Collection[Run]) -> None:
        """Add those runs that the store does not have; they are claimed in the order of adding."""
        with self._transaction():
            for run in runs:
                self._query(
                    "INSERT OR IGNORE INTO runs (id, job, suite, method, task, seed, config) "
                    "VALUES (?, ?, ?, ?, ?, ?, ?)",
                    *(run.id, run.job, run.suite, run.method, run.task, run.seed),
                    json.dumps(run.config),
                )

    def claim(self, owner: str, ids: Collection[str]) -> list[Run]:
        """Take the next job: all its runs among ``ids`` that nobody works on.

        A run is free again when its owner has died. Empty if there is none.

        Args:
            owner: Who will work on them, as :func:`da.benchmark.owner.owner_of` names processes.
            ids: The runs to choose from.
        """
        alive: dict[tuple[str, float], bool] = {}
        with self._transaction():
            free = []
            for run_id, job, state, holder, beat in self._query(
                "SELECT id, job, state, owner, beat FROM runs "
                f"WHERE state != 'done' AND id IN {AMONG} ORDER BY position",
                json.dumps(list(ids)),
            ):
                if state == "running" and (holder, beat) not in alive:
                    alive[holder, beat] = is_alive(holder, beat)
                if state == "todo" or not alive[holder, beat]:
                    free.append((run_id, job))
            mine = json.dumps([run_id for run_id, job in free if job == free[0][1]])
            self._query(
                "UPDATE runs SET state = 'running', owner = ?, beat = ?, "
                # A runner that was killed with its workers says nothing against the run.
                "tries = tries + (state = 'todo'), "
                f"progress = 0, note = '{{}}' WHERE id IN {AMONG}",
                *(owner, time.time(), mine),
            )
            rows = self._query(
                "SELECT suite, method, task, seed, config, job, id FROM runs "
                f"WHERE id IN {AMONG} ORDER BY position",
                mine,
            )
        return [
            Run(suite, method, task, seed, json.loads(config), job, run_id)
            for suite, method, task, seed, config, job, run_id in rows
        ]

    def beat(
        self, owner: str, run_ids: Collection[str], progress: float, note: dict[str, Any]
    ) -> None:
        """Say that the owner lives, how far in [0, 1] it is, and what there is to tell."""
        self._query(
            "UPDATE runs SET beat = ?, progress = ?, note = ? "
            f"WHERE owner = ? AND state = 'running' AND id IN {AMONG}",
            *(time.time(), progress, json.dumps(note), owner, json.dumps(list(run_ids))),
        )

    def finish(self, owner: str, results: Sequence[Result], seconds: float | None) -> None:
        """Write the results of one job, all or none, but for runs that the owner has lost.

        Args:
            owner: Who claimed the runs.
            results: One per run.
            seconds: What the job took, which its runs share equally; None where nobody knows.
        """
        # Encoded before the transaction: what JSON cannot hold raises before anything is written.
        rows = [(result, [json.dumps(record) for record in result.records]) for result in results]
        share = None if seconds is None else seconds / len(rows)
        with self._transaction():
            for result, records in rows:
                owned = self._query(
                    "SELECT 1 FROM runs WHERE id = ? AND owner = ? AND state = 'running'",
                    *(result.run_id, owner),
                )
                if not owned:
                    continue
                self._end(result.run_id, result.status, result.reason, share)
                for ordinal, record in enumerate(records):
                    self._query(
                        "INSERT INTO records VALUES (?, ?, ?)", result.run_id, ordinal, record
                    )
                for artifact in result.artifacts.items():
                    self._query("INSERT OR IGNORE INTO artifacts VALUES (?, ?)", *artifact)

    def release(self, owner: str) -> None:
        """Give back what the owner had claimed, as if it had never tried."""
        self._query(
            "UPDATE runs SET state = 'todo', owner = NULL, progress = 0, tries = tries - 1 "
            "WHERE owner = ? AND state = 'running'",
            owner,
        )

    def lose(self, owner: str, reason: str, *, tries: int) -> int:
        """Give back what a dead owner had claimed, or fail it if it was tried often enough.

        Args:
            owner: Who died.
            reason: Of what, in one line.
            tries: How often a run is tried in all.

        Returns:
            The number of runs that were lost.
        """
        with self._transaction():
            rows = self._query(
                "SELECT id, tries FROM runs WHERE owner = ? AND state = 'running'", owner
            )
            for run_id, tried in rows:
                if tried >= tries:
                    self._end(run_id, "failed", reason, None)
            self._query(
                "UPDATE runs SET state = 'todo', owner = NULL, progress = 0 "
                "WHERE owner = ? AND state = 'running'",
                owner,
            )
        return len(rows)

    def reset(self, ids: Collection[str], statuses: Collection[str]) -> None:
        """Forget finished runs of the given statuses, so that they are executed again."""
        chosen = f"state = 'done' AND id IN {AMONG} AND status IN {AMONG}"
        values = (json.dumps(list(ids)), json.dumps(list(statuses)))
        with self._transaction():
            self._query(
                f"DELETE FROM records WHERE run_id IN (SELECT id FROM runs WHERE {chosen})",
                *values,
            )
            self._query(
                "UPDATE runs SET state = 'todo', status = NULL, reason = NULL, tries = 0, "
                "progress = 0, note = '{}', seconds = NULL, finished = NULL "
                f"WHERE {chosen}",
                *values,
            )

    def summary(self, ids: Collection[str] | None = None) -> Summary:
        """Return how far the runs are, in the order in which they are claimed."""
        where, values = _chosen(ids)
        rows = self._query(
            "SELECT id, job, method, task, seed, state, status, reason, owner, tries, progress, "
            f"note, seconds, finished FROM runs WHERE {where} ORDER BY position",
            *values,
        )
        return Summary([Cell(*row)._replace(note=json.loads(row[11])) for row in rows])

    def records(self, ids: Collection[str] | None = None) -> Iterator[dict[str, Any]]:
        """Yield the records, sorted by method, task, seed and their order within a run."""
        where, values = _chosen(ids)
        for (run_id,) in self._query(
            f"SELECT id FROM runs WHERE {where} ORDER BY method, task, seed, id", *values
        ):
            for (record,) in self._query(
                "SELECT record FROM records WHERE run_id = ? ORDER BY ordinal", run_id
            ):
                yield json.loads(record)

    def artifact(self, name: str) -> bytes:
        """Return one artifact's content; ValueError if there is none of that name."""
        rows = self._query("SELECT content FROM artifacts WHERE name = ?", name)
        if not rows:
            raise ValueError(f"the store {self.path} has no artifact {name!r}")
        return bytes(rows[0][0])

    def artifacts(self, prefix: str = "") -> Iterator[tuple[str, bytes]]:
        """Yield name and content of each artifact whose name starts so, sorted by name."""
        for (name,) in self._query(
            "SELECT name FROM artifacts WHERE substr(name, 1, ?) = ? ORDER BY name",
            *(len(prefix), prefix),
        ):
            yield name, self.artifact(name)

    def _end(self, run_id: str, status: str, reason: str | None, seconds: float | None) -> None:
        self._query(
            "UPDATE runs SET state = 'done', status = ?, reason = ?, seconds = ?, finished = ?, "
            "progress = 1, owner = NULL WHERE id = ?",
            *(status, reason, seconds, time.time(), run_id),
        )


def _chosen(ids: Collection[str] | None) -> tuple[str, tuple[str, ...]]:
    """Return an SQL condition and its values."""
    return ("1", ()) if ids is None else (f"id IN {AMONG}", (json.dumps(list(ids)),))
