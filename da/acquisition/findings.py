"""What was found out about a data set."""

from dataclasses import dataclass, field
from typing import Literal

Status = Literal["complete", "partial", "corrupt", "absent"]
SHOWN = 5  # files that are named one by one


@dataclass
class Findings:
    """Sentences on what is wrong with a data set, and what is in it.

    Attributes:
        corrupt: What is there and wrong.
        missing: What should be there and is not.
        notes: What does not matter to its use.
        counts: Samples by domain or split, as they were read.
    """

    corrupt: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)

    def __iadd__(self, other: "Findings") -> "Findings":
        self.corrupt += other.corrupt
        self.missing += other.missing
        self.notes += other.notes
        self.counts |= other.counts
        return self


@dataclass(frozen=True)
class Report:
    """The state of one data set.

    Attributes:
        name: Its name.
        status: ``complete``, ``partial`` (something is missing), ``corrupt`` or ``absent``.
        findings: Sentences: what is wrong first, notes last.
        counts: Samples by domain or split, as they were read.
        folder: Where it lies; empty if it is absent.
    """

    name: str
    status: Status
    findings: list[str]
    counts: dict[str, int]
    folder: str = ""


def some(names: list[str]) -> str:
    """Return the first of many names, and how many more there are."""
    more = f" and {len(names) - SHOWN:,} more" if len(names) > SHOWN else ""
    return ", ".join(names[:SHOWN]) + more


def images(number: int) -> str:
    """Return a number of images in words."""
    return f"{number:,} image{'' if number == 1 else 's'}"
