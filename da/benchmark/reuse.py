"""Cells of records in place of runs, so that a table grows without being computed again."""

import json
import os
from collections.abc import Sequence
from pathlib import Path

from da.benchmark.grid import Run
from da.benchmark.owner import owner_of
from da.benchmark.results import Record, Splits, read
from da.benchmark.store import Result, Store


def reuse(folder: Path, root: Path, runs: Sequence[Run]) -> list[Run]:
    """Put what a folder of records has of these runs into a store, which then executes the rest.

    A run is the same if its whole configuration is; by which code it was executed the record says.
    Failed ones are left out. Features and logits, which are not committed, stay behind.

    Args:
        folder: Folder with records, such as ``benchmarks/results/digits``.
        root: Folder of the runs, with the store.
        runs: Those that are wanted.

    Returns:
        Those that the folder has.

    Raises:
        FileNotFoundError: If the folder has no records.
        ValueError: If they are damaged or of none of the runs.
    """
    records, splits = read(folder)
    found: dict[str, list[Record]] = {}
    for record in records:
        if record["status"] != "failed":
            found.setdefault(record["run_id"], []).append(record)
    known = {run.id: run for run in runs if run.id in found}
    if not known:
        raise ValueError(
            f"{folder} holds no run of {runs[0].suite} with the settings of today; leave out "
            "--reuse"
        )
    owner = owner_of(os.getpid())
    with Store(root / "store.sqlite") as store:
        store.check()
        store.add(known.values())
        while job := store.claim(owner, list(known)):
            results = [_result(run, found[run.id], splits) for run in job]
            store.finish(owner, results, _seconds(found[job[0].id]))
    return list(known.values())


def _result(run: Run, records: Sequence[Record], splits: Splits) -> Result:
    """Return what executing the run would have yielded."""
    own = [record for record in records if record["env"]]  # without: see records.failure
    tested = {record["split"]["test_sha256"] for record in own if record["split"]}
    artifacts = {f"splits/{sha}.json": json.dumps(splits[sha]).encode() for sha in sorted(tested)}
    return Result(run.id, records[-1]["status"], records[-1]["reason"], own, artifacts)


def _seconds(records: Sequence[Record]) -> float | None:
    """Return how long the job took, for what is expected of others of its method."""
    return max((r["cost"]["train_s"] for r in records if "cost" in r), default=None)
