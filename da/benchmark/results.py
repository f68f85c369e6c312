"""Results on disk: records as sorted text that can be compared, committed and read back."""

import csv
import io
import json
import lzma
import os
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console

from da.benchmark import (
    aggregation_story,
    aggregation_tables,
    reproduction_tables,
    stress_csv,
    stress_story,
    stress_tables,
    validator_report,
    validator_story,
)
from da.benchmark.cell_rows import cells_csv
from da.benchmark.grid import Run
from da.benchmark.packing import unspell
from da.benchmark.page import load_features, write_page
from da.benchmark.records import failure
from da.benchmark.report import Report, make_report
from da.benchmark.selection import Row
from da.benchmark.store import Store
from da.benchmark.story import story
from da.benchmark.tables import (
    latex,
    markdown,
    selection_markdown,
    selection_terminal,
    terminal,
)

Record = dict[str, Any]
Splits = Mapping[str, dict[str, Any]]

COLUMNS = (
    *("suite", "task", "method", "seed", "step", "status", "accuracy", "macro_recall"),
    *("transductive_accuracy", "source_accuracy", "information_maximization", "run_id"),
)


def finished(root: Path, runs: Sequence[Run]) -> list[Run]:
    """Return those of the runs that the store of a folder has finished."""
    with Store(root / "store.sqlite") as store:
        done = {cell.run_id for cell in store.summary().cells if cell.state == "done"}
    return [run for run in runs if run.id in done]


def export(root: Path, runs: Sequence[Run]) -> tuple[list[Record], Splits]:
    """Write ``records.jsonl``, ``records.csv``, ``splits.json``, kept features and logits.

    The records get the scores that need the logits of other runs too.

    Args:
        root: Folder with the store.
        runs: The finished runs; those without a number get a record that says why.

    Returns:
        The records and the target test sets by their sha256.
    """
    with Store(root / "store.sqlite") as store:
        records = list(store.records([run.id for run in runs]))
        cells = {cell.run_id: cell for cell in store.summary([run.id for run in runs]).cells}
        stored = {**dict(store.artifacts("splits/")), **dict(store.artifacts("features/"))}
        records = _with_pool_scores(root, store, records)
    recorded = {record["run_id"] for record in records}
    for run in runs:
        if run.id not in recorded:
            record = failure(run, str(cells[run.id].status), cells[run.id].reason)
            # What a failed run would have been tested on, it shares with the others of its task
            same = (r["split"] for r in records if r["task"]["name"] == run.task)
            records.append(record | {"split": next(filter(None, same), None)})
    records.sort(key=_order)
    used = {r["split"]["test_sha256"] for r in records if r["split"]}
    splits = {sha: json.loads(stored[f"splits/{sha}.json"]) for sha in sorted(used)}
    write(root / "records.jsonl", "".join(json.dumps(r, sort_keys=True) + "\n" for r in records))
    write(root / "records.csv", csv_text(records))
    write(root / "splits.json", json.dumps(splits, sort_keys=True) + "\n")
    (root / "features").mkdir(exist_ok=True)
    for name, content in stored.items():
        if name.startswith("features/"):
            write(root / name, content)
    return records, splits


def read(root: Path) -> tuple[list[Record], Splits]:
    """Read back what :func:`export` wrote.

    Raises:
        FileNotFoundError: If the folder has no records.
        ValueError: If a file is damaged.
    """
    plain, packed = root / "records.jsonl", root / "records.jsonl.xz"
    if not (plain.is_file() or packed.is_file()):
        raise FileNotFoundError(
            f"{root} holds no records.jsonl; run da bench with --root {root} first"
        )
    try:
        text = (
            plain.read_text() if plain.is_file() else lzma.decompress(packed.read_bytes()).decode()
        )
        records = [json.loads(line) for line in text.splitlines()]
        for record in records:
            if record.get("predictions"):
                record["predictions"] = unspell(record["predictions"])
        return records, json.loads((root / "splits.json").read_text())
    except (OSError, lzma.LZMAError, ValueError) as error:
        raise ValueError(f"the records in {root} cannot be read: {error}") from error


def write_reports(
    records: Sequence[Record], splits: Splits, root: Path, *, select: Row = "final"
) -> None:
    """Write the tables and the page into the folder; print the table and what it says."""
    report, console = make_report(records, splits, select), Console()
    for name, text in files(report).items():
        write(root / name, text)
    page = write_page(report, load_features(records, root), root / "report.html")
    console.print(terminal(report.analysis))
    console.print(selection_terminal(report.rows))
    if report.reproduction:
        console.print(reproduction_tables.terminal(report.reproduction))
    for sentence in sentences(report):
        console.print(f"• {sentence}", highlight=False)
    console.print(f"\nreport: {page}", highlight=False, soft_wrap=True)


def files(report: Report) -> dict[str, str]:
    """Return the tables of a report as texts by file name."""
    analysis = report.analysis
    texts = {
        "table.md": markdown(analysis) + "\n" + selection_markdown(report.rows),
        "table.tex": latex(analysis),
        "cells.csv": cells_csv(analysis),
        "story.md": "".join(f"- {sentence}\n" for sentence in sentences(report)),
    }
    if report.suite:
        texts["suite.md"] = aggregation_tables.markdown(report.suite)
        texts["suite.tex"] = aggregation_tables.latex(report.suite)
    if report.stress:
        texts["stress.md"] = stress_tables.markdown(report.stress)
        texts["stress.tex"] = stress_tables.latex(report.stress)
        texts["stress.csv"] = stress_csv.csv_text(report.stress)
    if report.validators:
        texts["validators.md"] = validator_report.markdown(report.validators)
    if report.reproduction:
        texts["reproduction.md"] = reproduction_tables.markdown(report.reproduction)
        texts["reproduction.tex"] = reproduction_tables.latex(report.reproduction)
        texts["reproduction.csv"] = reproduction_tables.csv_text(report.reproduction)
    return texts


def sentences(report: Report) -> list[str]:
    """Return all that a report says in words."""
    told = reproduction_tables.sentences(report.reproduction) if report.reproduction else []
    told += story(report.analysis)
    if report.suite:
        told += aggregation_story.story(report.suite)
    if report.stress:
        told += stress_story.story(report.stress)
    if report.validators:
        told += validator_story.story(report.validators)
    return told


def write(path: Path, content: str | bytes) -> None:
    """Write a file at once or not at all."""
    data = content.encode() if isinstance(content, str) else content
    with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
        try:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
            os.chmod(file.name, 0o644)
            os.replace(file.name, path)
        except OSError:
            os.unlink(file.name)
            raise


def _order(record: Record) -> tuple[Any, ...]:
    step = record["train"]["step"]
    task, method = record["task"]["name"], record["method"]["name"]
    return record["suite"], task, method, record["seed"], -1 if step is None else step


def _with_pool_scores(root: Path, store: Store, records: list[Record]) -> list[Record]:
    """Write the logits of these runs, and return the records with the scores made of them."""
    paths = {r["artifacts"].get("logits") for r in records} - {None}
    if not paths:
        return records
    from da.benchmark.validator_pool import add_pool_scores  # imports torch

    (root / "logits").mkdir(exist_ok=True)
    for name, content in store.artifacts("logits/"):
        path = root / name
        if name in paths and not (path.is_file() and path.read_bytes() == content):
            write(path, content)

    def load(name: str) -> bytes | None:  # of reused runs there are none
        return (root / name).read_bytes() if (root / name).is_file() else None

    return add_pool_scores(records, load)


def csv_text(records: Sequence[Record]) -> str:
    """Return one line of numbers per record."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(COLUMNS)
    for r in records:
        metrics, validators = r["metrics"] or {}, r.get("validators", {})
        test, adapt = metrics.get("t_test") or {}, metrics.get("t_adapt") or {}
        row = [r["suite"], r["task"]["name"], r["method"]["name"], r["seed"], r["train"]["step"]]
        scores = [validators.get(k, {}).get("value") for k in COLUMNS[-3:-1]]
        numbers = [test.get("acc"), test.get("macro"), adapt.get("acc"), *scores]
        writer.writerow([*row, r["status"], *map(_number, numbers), r["run_id"]])
    return buffer.getvalue()


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.6f}"
