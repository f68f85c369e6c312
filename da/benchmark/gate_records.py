"""What a gate would have decided in each cell of a benchmark, and what would have come of it."""

import base64
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Bool

from da.benchmark.cells import CONTROL
from da.benchmark.gate_evidence import Observation, evidence, matches_marginals
from da.benchmark.outcomes import Split
from da.benchmark.results import read
from da.benchmark.selection import BASELINE, Record, completed, select
from da.transfer import Evidence, Thresholds, gate


@dataclass(frozen=True)
class GateCell:
    """One adapted model of a benchmark beside the source-only model of the same task and seed.

    Attributes:
        suite: Name of the suite.
        dataset: Data set of the task.
        target: Its target domain, with the data set.
        task: Name of the task.
        method: Name of the method.
        seed: Seed of both runs.
        evidence: What is known without target labels; None if the run diverged or failed.
        adapted: Target test accuracy of the adapted model, a fraction; a guess if it has none.
        source_only: Target test accuracy of source-only.
    """

    suite: str
    dataset: str
    target: str
    task: str
    method: str
    seed: int
    evidence: Evidence | None
    adapted: float
    source_only: float


def gate_cells(records: Iterable[Record], splits: Mapping[str, Split]) -> list[GateCell]:
    """Pair the last step of each run with that of source-only.

    Left out are methods that train on target labels or do not apply, tasks without a finished
    source-only run, and the halves of one domain, between which nothing can be gained.

    Args:
        records: Records of all checkpoints of one suite, in any order.
        splits: The target test sets by their sha256.

    Raises:
        ValueError: If a method has two runs of a task and seed, or nothing can be paired.
    """
    taken = [s.record for s in select(records, "final")]
    baselines = {
        (r["task"]["name"], r["seed"]): r
        for r in taken
        if r["method"]["name"] == BASELINE and completed(r)
    }
    # Samples that count differently do so by their label
    weighted = {key for key, split in splits.items() if np.ptp(split.get("weights") or [1.0]) > 0}
    cells = []
    for record in taken:
        baseline = baselines.get((record["task"]["name"], record["seed"]))
        if baseline is not None and _decidable(record):
            cells.append(_cell(record, baseline, weighted))
    if not cells:
        suites = ", ".join(sorted({r["suite"] for r in taken})) or "the records"
        raise ValueError(
            f"no run of {suites} can be gated; there must be finished runs of source_only and of "
            f"a method on the same tasks and seeds"
        )
    return cells


def read_cells(folders: Iterable[Path]) -> list[GateCell]:
    """Read the records of some suites and pair their runs.

    Args:
        folders: Each with the records of one suite.

    Raises:
        FileNotFoundError: If a folder has no records.
        ValueError: If a suite comes twice, or as :func:`gate_cells`.
    """
    found: dict[str, list[GateCell]] = {}
    for folder in folders:
        cells = gate_cells(*read(folder))
        if cells[0].suite in found:
            raise ValueError(f"{folder} holds the suite {cells[0].suite} again; give each once")
        found[cells[0].suite] = cells
    return [cell for cells in found.values() for cell in cells]


def decide(
    cells: Sequence[GateCell], thresholds: Thresholds | None = None
) -> Bool[np.ndarray, " cells"]:
    """Return where the gate accepts adaptation; a run that diverged or failed is refused.

    Args:
        cells: The cells.
        thresholds: When each gate opens; the defaults if None.
    """
    return np.array(
        [c.evidence is not None and gate(c.evidence, thresholds).accept for c in cells], dtype=bool
    )


def observe(record: Record) -> Observation:
    """Return what a record of an evaluated checkpoint knows without target labels."""
    source, target = record["metrics"]["s_val"], record["metrics"]["t_val"]
    estimate = record["validators"].get("atc", {}).get("value")
    return Observation(
        source_accuracy=source["acc"],
        source_prior=np.array(record["label_shift"]["source_prior"]),
        target_prior=np.array(record["label_shift"]["target_prior"]),
        mean_probabilities=np.array(target["mean_probabilities"]),
        mean_entropy=target["entropy"],
        predicted_shares=np.array(target["predicted"]),
        estimated_accuracy=float("nan") if estimate is None else estimate,
        predictions=_predictions(record),
    )


def _cell(record: Record, baseline: Record, weighted: set[str]) -> GateCell:
    task, split, model = record["task"], record["split"], record["method"]
    known, adapted = None, 1 / baseline["split"]["K"]
    if completed(record):
        if split["test_sha256"] != baseline["split"]["test_sha256"]:
            raise ValueError(
                f"{model['name']} and source_only were tested on different samples of "
                f"{task['name']}; gate runs of one split"
            )
        known = evidence(
            observe(record),
            observe(baseline),
            matches_marginals=matches_marginals(
                {"class_path": model["class"], "init_args": model["hp"]}
            ),
            items_per_class=split["n"]["t_adapt"] / split["K"],
        )
        if split["test_sha256"] in weighted:  # a count of changes then bounds nothing
            known = replace(known, disagreement=float("nan"))
        adapted = _accuracy(record)
    return GateCell(
        suite=record["suite"],
        dataset=task["dataset"],
        target=f"{task['dataset']}/{task['target']}",
        task=task["name"],
        method=model["name"],
        seed=record["seed"],
        evidence=known,
        adapted=adapted,
        source_only=_accuracy(baseline),
    )


def _decidable(record: Record) -> bool:
    return (
        record["method"]["name"] != BASELINE
        and record["method"].get("labeled_domain", "source") == "source"
        and record["status"] != "not_applicable"
        and record["task"]["scenario"] != CONTROL
    )


def _accuracy(record: Record) -> float:
    return float(record["metrics"]["t_test"]["acc"])


def _predictions(record: Record) -> Any:
    stored = zlib.decompress(base64.b64decode(record["predictions"]))
    return np.frombuffer(stored, dtype="<u2").astype(np.int64)
