"""Results for a repository: small files that are committed, and the README's table made of them."""

import json
import lzma
import re
from collections.abc import Sequence
from pathlib import Path

from da.benchmark.analysis import analyse, selection_rows
from da.benchmark.results import Record, Splits, csv_text, write
from da.benchmark.selection import Row
from da.benchmark.story import story
from da.benchmark.tables import markdown, selection_markdown

PICTURE = "accuracy.svg"


def publish(records: Sequence[Record], splits: Splits, folder: Path, *, select: Row) -> None:
    """Write all records compressed, their CSV, the test sets and the picture into a folder.

    The same records give the same bytes.

    Args:
        records: Records of one suite.
        splits: The target test sets by their sha256.
        folder: Where to write; made if need be.
        select: Selection row of the picture.
    """
    from da.benchmark.figures import LIGHT, accuracy_by_task, svg

    folder.mkdir(parents=True, exist_ok=True)
    lines = "".join(json.dumps(record, sort_keys=True) + "\n" for record in records)
    write(folder / "records.jsonl.xz", lzma.compress(lines.encode(), preset=9))
    write(folder / "records.csv", csv_text(records))
    write(folder / "splits.json", json.dumps(splits, sort_keys=True) + "\n")
    figure = accuracy_by_task(analyse(records, splits, select))
    write(folder / PICTURE, svg(figure, "accuracy", LIGHT) + "\n")


def section(records: Sequence[Record], splits: Splits, folder: str, *, select: Row) -> str:
    """Return the results in words, as tables and as a picture, in Markdown.

    Args:
        records: Records of one suite.
        splits: The target test sets by their sha256.
        folder: Path of the published folder, as the README links to it.
        select: Selection row of the table.
    """
    analysis = analyse(records, splits, select)
    env, steps = next((r["env"], r["train"]["steps"]) for r in records if r["env"])
    commit = (env["code_commit"] or "unknown")[:10] + (" with changes" if env["dirty"] else "")
    return "\n".join(
        [
            *(f"- {sentence}" for sentence in story(analysis)),
            "",
            f"![Target test accuracy by task and method]({folder}/{PICTURE})",
            "",
            markdown(analysis),
            "Which checkpoint counts, and what that choice is worth:",
            "",
            selection_markdown(selection_rows(records, splits)),
            f"{steps} steps a run, torch {env['torch']}, code {commit}; "
            f"records: [{folder}]({folder}).",
        ]
    )


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
