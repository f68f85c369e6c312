"""What the selected runs of one cell did on each target test sample."""

import base64
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Float, Int

from da.benchmark.selection import Record, Selected

Split = Mapping[str, Any]


@dataclass(frozen=True)
class Outcomes:
    """The runs of one method on one task, sample by sample.

    Attributes:
        test_sha256: Key of the test set.
        seeds: Seed of each row.
        labels: True classes.
        weights: How much each sample counts, mean 1.
        correct: 1 where right, 0 where wrong, ``1/K`` for a run without a result.
        predictions: Predicted classes of each seed; None for a run without a result.
        num_classes: Number of classes ``K``.
    """

    test_sha256: str
    seeds: tuple[int, ...]
    labels: Int[np.ndarray, " n"]
    weights: Float[np.ndarray, " n"]
    correct: Float[np.ndarray, "s n"]
    predictions: tuple[Int[np.ndarray, " n"] | None, ...]
    num_classes: int

    @property
    def weighted(self) -> bool:
        """Whether samples count differently."""
        return bool(np.ptp(self.weights) > 0)

    def rows(self, seeds: Sequence[int]) -> list[int]:
        """Return the rows of these seeds."""
        return [self.seeds.index(seed) for seed in seeds]


def outcomes(group: Sequence[Selected], splits: Mapping[str, Split]) -> Outcomes | None:
    """Decode the selected runs of one method and task.

    Args:
        group: One selected checkpoint per seed; runs that do not apply are left out.
        splits: Ids, labels and weights of the test sets by their sha256.

    Returns:
        The outcomes by ascending seed, or None if the method does not apply or the test set of none
        of its runs is known.

    Raises:
        ValueError: If the seeds have different test sets, one is missing, or predictions and
            correctness of a record contradict each other.
    """
    group = sorted(
        (t for t in group if t.record["status"] != "not_applicable" and t.record["split"]),
        key=lambda taken: taken.record["seed"],
    )
    if not group:
        return None
    first = group[0].record
    key, name = first["split"]["test_sha256"], f"{group[0].method} on {first['task']['name']}"
    if any(taken.record["split"]["test_sha256"] != key for taken in group):
        raise ValueError(
            f"the seeds of {name} were tested on different samples; compare runs of one split"
        )
    if key not in splits:
        raise ValueError(f"the test set of {name} is missing; got no split with sha256 {key[:12]}")
    labels = np.asarray(splits[key]["labels"], dtype=np.int64)
    weights = np.asarray(splits[key].get("weights") or np.ones(len(labels)), dtype=np.float64)
    num_classes = first["split"]["K"]
    predictions = tuple(_predictions(taken.record, labels) for taken in group)
    correct = [
        np.full(len(labels), 1 / num_classes) if p is None else (p == labels).astype(np.float64)
        for p in predictions
    ]
    return Outcomes(
        test_sha256=key,
        seeds=tuple(taken.record["seed"] for taken in group),
        labels=labels,
        weights=weights / weights.mean(),
        correct=np.stack(correct),
        predictions=predictions,
        num_classes=num_classes,
    )


def _predictions(record: Record, labels: Int[np.ndarray, " n"]) -> Int[np.ndarray, " n"] | None:
    """Return the stored predictions, checked against the stored correctness."""
    if record["predictions"] is None:
        return None
    stored = zlib.decompress(base64.b64decode(record["predictions"]))
    predictions = np.frombuffer(stored, dtype="<u2").astype(np.int64)
    bits = np.frombuffer(bytes.fromhex(record["correct"]), dtype=np.uint8)
    correct = np.unpackbits(bits, count=len(labels)).astype(bool)
    if len(predictions) != len(labels) or not np.array_equal(predictions == labels, correct):
        raise ValueError(
            f"the record of run {record['run_id']} contradicts itself: its predictions for "
            f"{len(labels)} test samples do not give its stored correctness; run it again"
        )
    return predictions
