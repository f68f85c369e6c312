"""Which checkpoint of a run speaks for it: the last, a validator's choice, or an oracle's."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np

Record = dict[str, Any]
Row = Literal["final", "validator", "full", "source_accuracy", "oracle"]
ROWS: tuple[Row, ...] = get_args(Row)

#: The scores that ``full`` ranks by: one of each family, so that none counts several times.
FAMILIES = ("information_maximization", "class_ami", "self_normalized_iwcv", "ensv")

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
    ``full`` takes, behind the same guard, the best mean rank over those of :data:`FAMILIES` that
    give a score to any checkpoint of the run, and says which do not.
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
    runs = by_run(records)
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


def passes(record: Record, twin: Record) -> bool:
    """Return whether a checkpoint is sound enough to be selected.

    Args:
        record: Record of the checkpoint.
        twin: Record of the last step of the source-only run of the same task and seed.
    """
    from da.validators import guarded  # imports torch, which the other rows do without

    metrics = record["metrics"]
    return guarded(
        source_accuracy=metrics["s_val"]["acc"],
        source_only_accuracy=twin["metrics"]["s_val"]["acc"],
        mean_probabilities=np.array(metrics["t_val"]["mean_probabilities"]),
        predicted_shares=np.array(metrics["t_val"]["predicted"]),
        prior=np.array(twin["label_shift"]["target_prior"]),
    )


def cheap(record: Record, twin: Record) -> float:
    """Return the information maximization of a checkpoint, for the class prior of its twin."""
    from da.validators import cheap_score

    return cheap_score(
        np.array(record["metrics"]["t_val"]["mean_probabilities"]),
        record["metrics"]["t_val"]["entropy"],
        np.array(twin["label_shift"]["target_prior"]),
        np.array(twin["label_shift"]["source_prior"]),
    )


def value(record: Record, validator: str) -> float:
    """Return a recorded score of a checkpoint; NaN where it has none."""
    found = record["validators"].get(validator, {}).get("value")
    return float("nan") if found is None else float(found)


def has_families(records: Iterable[Record]) -> bool:
    """Return whether any checkpoint has all scores that ``full`` ranks by."""
    return any(
        not any(np.isnan(value(record, name)) for name in FAMILIES)
        for record in records
        if completed(record)
    )


def completed(record: Record) -> bool:
    """Return whether the run reached this checkpoint and was evaluated."""
    return record["status"] == "ok" and record["metrics"] is not None


def by_run(records: Iterable[Record]) -> dict[tuple[str, str, str, int], list[Record]]:
    """Return the records of each run by their step, by suite, task, method and seed.

    Raises:
        ValueError: If one method has two runs of a task and seed.
    """
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
    sound = [passes(record, twin[-1]) for record in pool]
    note: str | None = None
    if row == "full":
        scores = np.array([[value(record, name) for name in FAMILIES] for record in pool])
        unknown = [name for i, name in enumerate(FAMILIES) if np.isnan(scores[:, i]).all()]
        if unknown:
            note = f"no score by {' or '.join(unknown)}: ranked by the others"
        from da.validators import borda

        chosen = borda(scores, np.array(sound))
    else:
        chosen = _first_highest([cheap(record, twin[-1]) for record in pool], sound)
    if chosen is not None:
        return Selected(method, pool[chosen], row, len(pool), note=note)
    if stand_in is None:
        return Selected(method, last, row, len(pool), note="no checkpoint passes: last step")
    return Selected(method, stand_in.record, row, len(pool), fallback=True)


def _first_highest(scores: list[float], sound: list[bool]) -> int | None:
    """Return the position of the highest finite score among the sound, the first of equal ones."""
    positions = [i for i, score in enumerate(scores) if sound[i] and np.isfinite(score)]
    return max(positions, key=lambda i: scores[i], default=None)


def _argmax(records: list[Record], value: Callable[[Record], float]) -> Record:
    """Return the first of the records with the highest value."""
    return max(records, key=value)
