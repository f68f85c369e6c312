"""Results for a repository: small files that are committed, and the README's table made of them."""

import json
import lzma
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from da.benchmark import (
    aggregation_tables,
    reproduction_tables,
    stress_story,
    stress_tables,
    validator_report,
    validator_story,
)
from da.benchmark.draws import drawn_pairs, markdown_over_draws
from da.benchmark.method_rows import many_methods, markdown_by_method
from da.benchmark.packing import spell
from da.benchmark.report import Report, make_report
from da.benchmark.results import Record, Splits, csv_text, write
from da.benchmark.selection import Row
from da.benchmark.story import story
from da.benchmark.tables import markdown, selection_markdown
from da.benchmark.wording import count

#: With more tasks than this, a table of one row a task is too long to read, and so is its picture.
LONGEST = 40


def publish(records: Sequence[Record], splits: Splits, folder: Path, *, select: Row) -> None:
    """Write all records compressed, their CSV, the test sets and the pictures into a folder.

    The same records give the same bytes.

    Args:
        records: Records of one suite.
        splits: The target test sets by their sha256.
        folder: Where to write; made if need be.
        select: Selection row of the pictures.
    """
    folder.mkdir(parents=True, exist_ok=True)
    spelled = [{**r, "predictions": r["predictions"] and spell(r["predictions"])} for r in records]
    lines = "".join(json.dumps(record, sort_keys=True) + "\n" for record in spelled)
    write(folder / "records.jsonl.xz", lzma.compress(lines.encode(), preset=9))
    write(folder / "records.csv", csv_text(records))
    write(folder / "splits.json", json.dumps(splits, sort_keys=True) + "\n")
    drawn = pictures(make_report(records, splits, select))
    for name, element in drawn.items():
        write(folder / f"{name}.svg", element + "\n")
    for old in folder.glob("*.svg"):
        if old.stem not in drawn:
            old.unlink()


def pictures(report: Report) -> dict[str, str]:
    """Return the pictures that a section shows, as SVG by name."""
    from da.benchmark import aggregation_figures, stress_figures, validator_figures
    from da.benchmark.figures import LIGHT, accuracy_by_task, svg

    if report.stress:
        drawn = stress_figures.figures(report.stress, LIGHT)
        return {f"stress-{name}": element for name, element in drawn.items()}
    if report.validators:
        return validator_figures.figures(report.validators, LIGHT)
    wide, long = many_methods(report.analysis), len(report.analysis.tasks) > LONGEST
    if (wide or long) and report.suite:
        return {"suite": aggregation_figures.figures(report.suite, LIGHT)["forest"]}
    return {"accuracy": svg(accuracy_by_task(report.analysis), "accuracy", LIGHT)}


def section(records: Sequence[Record], splits: Splits, folder: str, *, select: Row) -> str:
    """Return the results in words, as tables and as pictures, in Markdown.

    Args:
        records: Records of one suite.
        splits: The target test sets by their sha256.
        folder: Path of the published folder, as the README links to it.
        select: Selection row of the tables.
    """
    report = make_report(records, splits, select)
    made = [r for r in records if r["env"]]
    torch = made[0]["env"]["torch"]
    commits = sorted({_commit(r["env"]) for r in made})
    return "\n".join(
        [
            *(f"- {sentence}" for sentence in told(report)),
            "",
            *(f"![{name.replace('-', ' ')}]({folder}/{name}.svg)\n" for name in pictures(report)),
            *tables(report),
            f"{_steps(made)} a run, torch {torch}, code {' and '.join(commits)}; "
            f"records: [{folder}]({folder}).",
        ]
    )


def _steps(records: Sequence[Record]) -> str:
    steps = [r["train"]["steps"] for r in records]
    fewest, most = min(steps), max(steps)
    return f"{fewest} to {most} steps" if fewest < most else count(most, "step")


def _commit(env: Mapping[str, Any]) -> str:
    return (env["code_commit"] or "unknown")[:10] + (" with changes" if env["dirty"] else "")


def told(report: Report) -> list[str]:
    """Return what a section says in words: of what the suite was made for."""
    if report.stress:
        return stress_story.story(report.stress)
    if report.validators:
        return validator_story.story(report.validators)
    if report.reproduction:
        return reproduction_tables.sentences(report.reproduction)
    return story(report.analysis)


def tables(report: Report) -> list[str]:
    """Return the tables of a section, with their headings."""
    analysis = report.analysis
    if report.stress:
        return [stress_tables.markdown(report.stress)]
    if report.validators:
        return [validator_report.markdown(report.validators)]
    if report.reproduction:
        parts = [reproduction_tables.markdown(report.reproduction)]
        if report.suite:
            parts += ["Over the tasks:\n", aggregation_tables.markdown(report.suite, brief=True)]
        return parts
    parts = [markdown_over_draws(analysis)] if drawn_pairs(analysis) else []
    if many_methods(analysis):
        parts.append(markdown_by_method(analysis))
    elif len(analysis.tasks) <= LONGEST:
        parts.append(markdown(analysis))
    if report.suite:
        parts += ["Over the tasks:\n", aggregation_tables.markdown(report.suite, brief=True)]
    if max(cell.pool for row in report.rows for cell in row.cells) > 1:
        parts.append("Which checkpoint counts, and what that choice is worth:\n")
        parts.append(selection_markdown(report.rows))
    return parts


def update(readme: Path, suite: str, text: str) -> None:
    """Replace what stands between the marks of a suite in a Markdown file.

    Raises:
        ValueError: If the file has no such marks.
    """
    replace_between(readme, f"<!-- results: {suite} -->", f"<!-- end: {suite} -->", text)


def replace_between(path: Path, start: str, end: str, text: str) -> None:
    """Replace what stands between two lines of a file.

    Raises:
        ValueError: If the file has no such lines.
    """
    pattern = re.compile(f"{re.escape(start)}.*?{re.escape(end)}", re.S)
    old = path.read_text()
    if not pattern.search(old):
        raise ValueError(f"{path} has no lines {start} and {end} to write the results between")
    write(path, pattern.sub(lambda _: f"{start}\n{text}\n{end}", old))
