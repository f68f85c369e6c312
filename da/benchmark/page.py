"""The report as one self-contained HTML page: no request leaves it."""

import json
import os
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from markupsafe import Markup

from da.benchmark import (
    details,
    reproduction_tables,
    stress_page,
    validator_figures,
    validator_report,
    validator_story,
)
from da.benchmark.aggregation_page import section
from da.benchmark.cells import Analysis, Cell
from da.benchmark.columns import COLUMNS, result
from da.benchmark.drawing import Features, draw
from da.benchmark.report import Report
from da.benchmark.reproduction import Reproduction
from da.benchmark.selection import Record
from da.benchmark.story import story
from da.benchmark.tables import notes, selection_table
from da.benchmark.templates import template
from da.benchmark.validator_quality import ValidatorQuality
from da.benchmark.wording import SIGNS, method_name, percent, points, task_name
from da.transfer import Verdict


def load_features(records: Sequence[Record], root: Path) -> dict[str, Mapping[str, Any]]:
    """Return the stored features of the runs that have them, by run id.

    Args:
        records: Records whose ``artifacts.features`` is a path below ``root``, or None.
        root: Folder of the runs; files that are not there are left out.
    """
    paths = {r["run_id"]: r["artifacts"].get("features") for r in records if r["artifacts"]}
    features: dict[str, Mapping[str, Any]] = {}
    for run_id, path in sorted(paths.items()):
        if path is not None and (root / path).is_file():
            with np.load(root / path, allow_pickle=False) as arrays:
                features[run_id] = dict(arrays)
    return features


def write_page(
    report: Report,
    features: Features,
    path: Path,
    *,
    title: str = "Transfer and negative transfer",
    task: str | None = None,
) -> Path:
    """Write the report; the same records give the same bytes.

    Args:
        report: What the records of one suite say.
        features: Arrays ``source``, ``source_labels``, ``target``, ``target_labels`` by run id;
            may be empty.
        path: Where to write; an existing file is replaced at once or not at all.
        title: Title of the page.
        task: Task of the training curves and the feature maps; the first if None.

    Returns:
        The path.

    Raises:
        ValueError: If the task has no records.
    """
    analysis = report.analysis
    task = analysis.tasks[0] if task is None else task
    if task not in analysis.tasks:
        raise ValueError(f"there is no task {task!r}; there are {', '.join(analysis.tasks)}")
    records = sorted(report.records, key=lambda r: (r["run_id"], r["train"]["step"] or 0))
    worst = worst_cell(analysis)
    header, lines = selection_table(report.rows)
    html = template("report.html.j2").render(
        title=title,
        suites=sorted({cell.suite for cell in analysis.cells}),
        row=report.select,
        story=story(analysis),
        columns=[(name, meaning) for name, meaning, _ in COLUMNS],
        results=[result(cell) for cell in _ordered(analysis)],
        references=details.references(analysis),
        samples=details.samples(analysis),
        selection={"header": header, "lines": lines},
        suite=section(report.suite) if report.suite else None,
        stress=stress_page.context(report.stress) if report.stress else None,
        validators=_validators(report.validators) if report.validators else None,
        reproduction=_reproduction(report.reproduction) if report.reproduction else None,
        verdicts=[(SIGNS[v], v) for v in Verdict],
        notes=notes(analysis),
        figures=draw(analysis, records, report.splits, features, task, worst),
        task=task_name(task),
        worst=worst,
        protocol=protocol(records, analysis),
        points=points,
        percent=percent,
        method_name=method_name,
        task_name=task_name,
    )
    return _write(path, html)


def worst_cell(analysis: Analysis) -> Cell | None:
    """Return the adaptation cell that lost most against source-only, first of all a verdict.

    Cells without a single result lost most, and have no predictions to show.
    """
    cells = [
        cell
        for cell in analysis.cells
        if cell.adapts and cell.delta is not None and cell.status.get("ok")
    ]
    return min(
        cells,
        key=lambda cell: (
            not (cell.verdict is not None and cell.verdict.negative),
            0.0 if cell.delta is None else cell.delta.estimate,
        ),
        default=None,
    )


def protocol(records: Sequence[Record], analysis: Analysis) -> list[tuple[str, str]]:
    """Return what all runs shared and what they ran on, as pairs of name and text."""
    lines = [
        ("selection", analysis.select),
        ("materiality", f"{100 * analysis.materiality:g} points"),
        ("seeds", ", ".join(map(str, sorted({record["seed"] for record in records})))),
        ("classes", ", ".join(map(str, sorted({r["split"]["K"] for r in records if r["split"]})))),
    ]
    for part in ("train", "backbone", "env"):
        values: dict[str, set[str]] = {}
        for record in records:
            for key, value in (record[part] or {}).items():
                if key != "step":
                    values.setdefault(key, set()).add(json.dumps(value, sort_keys=True))
        lines += [(f"{part}: {key}", ", ".join(sorted(values[key]))) for key in sorted(values)]
    hyper: dict[str, set[str]] = {}
    for record in records:
        settings = json.dumps(record["method"]["hp"], sort_keys=True)
        hyper.setdefault(record["method"]["name"], set()).add(settings)
    lines += [(f"method: {method_name(m)}", ", ".join(sorted(hyper[m]))) for m in sorted(hyper)]
    return lines


def _validators(quality: ValidatorQuality) -> dict[str, Any]:
    drawn = validator_figures.figures(quality)
    return {
        "story": validator_story.story(quality),
        "figures": {name: Markup(element) for name, element in drawn.items()},
        "columns": validator_report.COLUMNS,
        "tables": validator_report.tables(quality),
    }


def _reproduction(made: Reproduction) -> dict[str, Any]:
    return {
        "title": made.paper.title,
        "story": reproduction_tables.sentences(made),
        "tables": reproduction_tables.tables(made),
        "legend": reproduction_tables.legend(made),
    }


def _ordered(analysis: Analysis) -> list[Cell]:
    cells = (analysis.cell(m, t) for t in analysis.tasks for m in analysis.methods)
    return [cell for cell in cells if cell is not None]


def _write(path: Path, text: str) -> Path:
    """Write a file so that it is whole or not there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(temporary, 0o644)
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise
    return path
