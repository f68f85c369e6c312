"""Which checkpoint of a run speaks for it: the last, a validator's choice, or an oracle's."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np

Record = dict[str, Any]
Row = Literal["final", "validator", "source_accuracy", "oracle"]
ROWS: tuple[Row, ...] = get_args(Row)

#: The floor and the ceiling: every other method adapts.
BASELINE, CEILING = "source_only", "target_only"


@dataclass(frozen=True)
class Selected:
    """The checkpoint that a selection row takes from one run.

    Attributes:
        method: Name of the method of the run, also where the checkpoint is another's.
        record: The record of the checkpoint.
        row: The selection row; ``oracle`` has seen target labels and is an upper bound only.
        pool: Number of checkpoints that it was selected from.
        fallback: Whether no checkpoint passed the guard, so that the source-only twin stands in.
        note: Why the row's own rule could not be applied, or None.
    """

    method: str
    record: Record
    row: str
    pool: int
    fallback: bool = False
    note: str | None = None

    @property
    def leak(self) -> bool:
        """Whether target labels took part in the selection."""
        return self.row == "oracle"


def select(records: Iterable[Record], row: str) -> list[Selected]:
    """Pick one checkpoint of every run.

    ``final`` takes the last step. ``validator`` takes the highest guarded information maximization
    (its guard and its class prior come from the last step of the source-only run of the same task
    and seed) and, where no checkpoint passes the guard, what the row takes for source-only.
    ``source_accuracy`` takes the highest accuracy on held-out source samples, ``oracle`` the
    highest on target test labels. Ties go to the earlier step. A method that trains on target
    labels has no use for label-free selection: outside ``oracle`` its last step stands.

    Args:
        records: Records of all checkpoints, in any order.
        row: Selection row, one of :data:`ROWS`.

    Returns:
        One entry per run, sorted by suite, task, method and seed.

    Raises:
        ValueError: If the row is unknown, or one method has two runs of a task and seed.
    """
    if row not in ROWS:
        raise ValueError(f"there is no selection row {row!r}; there are {', '.join(ROWS)}")
    runs = _runs(records)
    baselines = {
        (suite, task, seed): run
        for (suite, task, method, seed), run in runs.items()
        if method == BASELINE
    }
    taken = {key: _pick(baselines[key], row, baselines[key], None) for key in sorted(baselines)}
    return [
        taken[suite, task, seed]
        if method == BASELINE
        else _pick(run, row, baselines.get((suite, task, seed)), taken.get((suite, task, seed)))
        for (suite, task, method, seed), run in sorted(runs.items())
    ]


def by_cell(records: Iterable[Record], row: str) -> dict[tuple[str, str, str], list[Selected]]:
    """Return what :func:`select` picks by suite, task and method: one entry per seed."""
    cells: dict[tuple[str, str, str], list[Selected]] = {}
    for taken in select(records, row):
        key = (taken.record["suite"], taken.record["task"]["name"], taken.method)
        cells.setdefault(key, []).append(taken)
    return cells


def guarded_score(record: Record, twin: Record) -> float | None:
    """Score a checkpoint without target labels.

    Args:
        record: Record of the checkpoint.
        twin: Record of the last step of the source-only run of the same task and seed.

    Returns:
        Its information maximization, or None if it does not pass the guard.
    """
    from da.validators import cheap_score, guarded  # imports torch, which the other rows do without

    metrics, shift = record["metrics"], twin["label_shift"]
    sound = guarded(
        source_accuracy=metrics["s_val"]["acc"],
        source_only_accuracy=twin["metrics"]["s_val"]["acc"],
        mean_probabilities=np.array(metrics["t_val"]["mean_probabilities"]),
        predicted_shares=np.array(metrics["t_val"]["predicted"]),
        prior=np.array(shift["target_prior"]),
    )
    score = cheap_score(
        np.array(metrics["t_val"]["mean_probabilities"]),
        metrics["t_val"]["entropy"],
        np.array(shift["target_prior"]),
        np.array(shift["source_prior"]),
    )
    return score if sound and np.isfinite(score) else None


def completed(record: Record) -> bool:
    """Return whether the run reached this checkpoint and was evaluated."""
    return record["status"] == "ok" and record["metrics"] is not None


def _runs(records: Iterable[Record]) -> dict[tuple[str, str, str, int], list[Record]]:
    runs: dict[tuple[str, str, str, int], list[Record]] = {}
    for record in records:
        key = (record["suite"], record["task"]["name"], record["method"]["name"], record["seed"])
        runs.setdefault(key, []).append(record)
    for (_, task, method, seed), run in runs.items():
        ids = sorted({record["run_id"] for record in run})
        if len(ids) > 1:
            raise ValueError(
                f"{method} has {len(ids)} runs of {task} with seed {seed} ({', '.join(ids)}); "
                "keep differently configured runs in different folders or under different names"
            )
        run.sort(key=lambda record: record["train"]["step"] or 0)
    return runs


def _pick(
    run: list[Record], row: str, twin: list[Record] | None, stand_in: Selected | None
) -> Selected:
    """Apply a row to one run, given its source-only twin and what the row takes from that."""
    method, last = run[-1]["method"]["name"], run[-1]
    pool = [record for record in run if completed(record)]
    if not pool or row == "final":
        return Selected(method, last, row, max(len(pool), 1))
    if row == "oracle":
        best = _argmax(pool, lambda record: record["metrics"]["t_test"]["acc"])
        return Selected(method, best, row, len(pool))
    if run[0]["method"].get("labeled_domain", "source") == "target":
        return Selected(method, last, row, 1, note="trained on target labels: last step")
    if row == "source_accuracy":
        best = _argmax(pool, lambda record: record["metrics"]["s_val"]["acc"])
        return Selected(method, best, row, len(pool))
    if twin is None or not completed(twin[-1]):
        return Selected(method, last, row, 1, note="no source-only run to guard with: last step")
    scored = [(record, guarded_score(record, twin[-1])) for record in pool]
    passing = [(record, score) for record, score in scored if score is not None]
    if passing:
        best = max(passing, key=lambda passed: passed[1])[0]
        return Selected(method, best, row, len(pool))
    if stand_in is None:
        return Selected(method, last, row, len(pool), note="no checkpoint passes: last step")
    return Selected(method, stand_in.record, row, len(pool), fallback=True)


def _argmax(records: list[Record], value: Callable[[Record], float]) -> Record:
    """Return the first of the records with the highest value."""
    return max(records, key=value)
