"""Where published results were printed, and under which protocols."""

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path


@dataclass(frozen=True)
class Source:
    """A text with results.

    Attributes:
        key: What rows call it.
        kind: ``paper``, ``repository`` (of who ran the methods), ``collection`` (of results that
            others published) or ``summary`` (notes of a reader on a paper).
        authors: Last names.
        title: Title of the paper, or name of the repository.
        venue: Where it appeared, and the tables where known.
        year: Year; empty where unknown.
        where: URL, or ``owner/repository@commit:path`` on GitHub; empty where unknown.
    """

    key: str
    kind: str
    authors: str
    title: str
    venue: str
    year: str
    where: str

    def citation(self) -> str:
        """Return the text as a reader would cite it."""
        who = f"{self.authors}, " if self.authors else ""
        parts = [f"*{self.title}*", self.venue, self.year]
        text = f"{who}{', '.join(part for part in parts if part)}."
        return f"{text} {self.where}" if self.where else text


@cache
def sources() -> dict[str, Source]:
    """Return all texts with results by their keys."""
    return {row["key"]: Source(**row) for row in read("published_sources.csv")}


@cache
def protocols() -> dict[str, str]:
    """Return what each protocol trains on and scores."""
    return {row["key"]: row["description"] for row in read("published_protocols.csv")}


def read(name: str) -> list[dict[str, str]]:
    """Return the rows of a table of this folder."""
    path = Path(__file__).with_name(name)
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
