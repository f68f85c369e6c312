"""Which runs the figures of the page show."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from jaxtyping import Int
from markupsafe import Markup

from da.benchmark import selection
from da.benchmark.cells import Analysis, Cell
from da.benchmark.outcomes import Split, outcomes
from da.benchmark.selection import BASELINE, Record, Row
from da.benchmark.wording import method_name

#: By run id, the arrays ``source``, ``source_labels``, ``target`` and ``target_labels``.
Features = Mapping[str, Mapping[str, Any]]


def draw(
    analysis: Analysis,
    records: Sequence[Record],
    splits: Mapping[str, Split],
    features: Features,
    task: str,
    worst: Cell | None,
) -> dict[str, Markup]:
    """Draw every figure that there are data for, as inline SVG by name."""
    from da.benchmark import figures, run_figures  # matplotlib is slow to import

    drawn = {
        "accuracy": figures.accuracy_by_task(analysis),
        "differences": figures.difference_map(analysis),
        "curves": run_figures.training_curves(records, task, figures.colours(analysis.methods)),
    }
    panels = _feature_panels(analysis, records, features, task)
    if panels:
        drawn["features"] = run_figures.feature_maps(panels)
    if worst is not None:
        names = ("source only", method_name(worst.method))
        counts = [
            _confusion(analysis.select, records, splits, method, worst.task)
            for method in (BASELINE, worst.method)
        ]
        drawn["confusions"] = run_figures.confusions(counts[0], counts[1], names)
    return {name: Markup(figures.svg(f, name, figures.PAGE)) for name, f in drawn.items()}


def _feature_panels(
    analysis: Analysis, records: Sequence[Record], features: Features, task: str
) -> dict[str, Mapping[str, Any]]:
    """Return the features of source-only and of the method that gained most, of one seed."""
    stored = {
        (r["method"]["name"], r["seed"]): features[r["run_id"]]
        for r in records
        if r["task"]["name"] == task and r["run_id"] in features
    }
    ranked = sorted(
        (c for c in analysis.cells if c.task == task and c.adapts and c.delta is not None),
        key=lambda c: -(c.delta.estimate if c.delta else 0.0),
    )
    for cell in ranked:
        for seed in cell.seeds:
            if (BASELINE, seed) in stored and (cell.method, seed) in stored:
                return {
                    f"source only, seed {seed}": stored[BASELINE, seed],
                    f"{method_name(cell.method)}, seed {seed}": stored[cell.method, seed],
                }
    return {}


def _confusion(
    row: Row, records: Sequence[Record], splits: Mapping[str, Split], method: str, task: str
) -> Int[np.ndarray, "k k"]:
    """Count true and predicted classes over the seeds with a result."""
    group = [
        taken
        for taken in selection.select(records, row)
        if taken.method == method and taken.record["task"]["name"] == task
    ]
    result = outcomes(group, splits)
    if result is None:
        raise ValueError(f"{method} does not apply to {task}, so it has no confusion matrix")
    counts = np.zeros((result.num_classes, result.num_classes), dtype=np.int64)
    for predictions in result.predictions:
        if predictions is not None:
            np.add.at(counts, (result.labels, predictions), 1)
    return counts
