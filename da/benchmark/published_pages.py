"""Published results on the pages of the benchmarks, as tables below marks that say which.

A page then quotes no number that the package does not hold with its source.
"""

import re
from pathlib import Path

import yaml

from da.benchmark.published_runs import ours, outcomes, settings
from da.benchmark.published_tables import harm, table
from da.benchmark.results import write

_KINDS = {
    "published": table,
    "harm": harm,
    "settings": settings,
    "ours": ours,
    "outcomes": outcomes,
}
_MARK = re.compile(
    rf"<!-- (?P<kind>{'|'.join(_KINDS)}): (?P<query>\{{.*?\}}) -->\n.*?<!-- end: (?P=kind) -->",
    re.S,
)


def refreshed(text: str) -> str:
    """Return a page with what stands below its marks made anew.

    ``<!-- published: {benchmark: digits, task: mnist->usps, rows: [implementation]} -->`` stands
    before published numbers, ``<!-- harm: ... -->`` before the cells below source-only, see
    :mod:`da.benchmark.published_tables`; ``<!-- settings: {benchmark: digits} -->`` before what
    ``da reproduce`` runs, ``<!-- ours: {benchmark: digits} -->`` before what came out, and
    ``<!-- outcomes: {} -->`` before all of that in brief, see :mod:`da.benchmark.published_runs`.

    Raises:
        ValueError: If a mark names what there is not, or several numbers for one place.
    """

    def made(mark: re.Match[str]) -> str:
        kind, query = mark["kind"], mark["query"]
        text = _KINDS[kind](yaml.safe_load(query))
        return f"<!-- {kind}: {query} -->\n{text}\n<!-- end: {kind} -->"

    return _MARK.sub(made, text)


def refresh(path: Path) -> None:
    """Make the tables of a page anew."""
    write(path, refreshed(path.read_text(encoding="utf-8")))
