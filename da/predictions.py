"""Predictions as a CSV file."""

import csv
import os
from collections.abc import Sequence
from pathlib import Path

from jaxtyping import Float
from torch import Tensor


def write_predictions(
    path: Path, ids: Sequence[str], class_names: Sequence[str], probabilities: Float[Tensor, "n k"]
) -> None:
    """Write the columns id, prediction, confidence and p(class), one line a sample.

    Args:
        path: File to write, whole or not at all; its folder is made if need be.
        ids: Names of the samples.
        class_names: Names of the classes.
        probabilities: Of each class for each sample, in [0, 1].
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with temporary.open("w", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(["id", "prediction", "confidence", *(f"p({c})" for c in class_names)])
            best = probabilities.argmax(1).tolist()
            for name, winner, row in zip(ids, best, probabilities.tolist(), strict=True):
                numbers = [f"{p:.6f}" for p in row]
                writer.writerow([name, class_names[winner], numbers[winner], *numbers])
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)
