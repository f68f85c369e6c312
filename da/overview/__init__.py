"""What there is of methods, as their classes, docstrings and files have it."""

from da.overview.citation import Citation, cite
from da.overview.entries import Entry, entries, find

__all__ = ["Citation", "Entry", "cite", "entries", "find"]
