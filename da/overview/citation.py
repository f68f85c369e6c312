"""The paper that a text cites."""

import re
from dataclasses import dataclass

#: ``Sun & Saenko, *Deep CORAL*, ECCV Workshops 2016``; without a title too, or with one in quotes.
_CITATION = re.compile(
    r"""(?:^|(?<=[.:;]\s))
        (?P<authors>[A-Z][\w-]+(?:(?:,\ |\ &\ )[A-Z][\w-]+)*(?:\ et\ al\.)?),\s
        (?:[*"](?P<title>[^*"]+)[*"],\s)?
        (?:(?P<venue>[A-Z][A-Za-z]+(?:\s(?:&\s)?[A-Z][A-Za-z]+)*)\s)?
        (?P<year>(?:19|20)\d\d)""",
    re.X,
)

#: Venue and year of a further paper.
_ANOTHER = r"[A-Z]\w+ (?:19|20)\d\d\b"


@dataclass(frozen=True)
class Citation:
    """A paper.

    Attributes:
        authors: As they are named in running text.
        title: Empty where the text has none.
        venue: Empty for a preprint.
        year: Of publication.
        url: Empty where the text has none.
    """

    authors: str
    title: str
    venue: str
    year: int
    url: str

    @property
    def where(self) -> str:
        """Venue and year."""
        return f"{self.venue} {self.year}".strip()

    @property
    def short(self) -> str:
        """Authors, venue and year."""
        return f"{self.authors}, {self.where}"

    @property
    def whole(self) -> str:
        """Authors, title, venue and year."""
        return ", ".join(part for part in (self.authors, self.title, self.where) if part)


def cite(text: str) -> Citation | None:
    """Return the first paper that a docstring or a comment cites, or nothing.

    Args:
        text: Paragraphs, with an empty line between two.
    """
    for paragraph in re.split(r"\n\s*\n", text):
        joined = " ".join(paragraph.split())
        if found := _CITATION.search(joined):
            own = re.split(_ANOTHER, joined[found.end() :])[0]  # an address after it is its own
            url = re.search(r"https?://(?:\S+/ )?\S+", own)
            return Citation(
                found["authors"],
                found["title"] or "",
                found["venue"] or "",
                int(found["year"]),
                url[0].replace(" ", "").rstrip(".,;)") if url else "",
            )
    return None
