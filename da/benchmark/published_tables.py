"""Published results as tables in Markdown, of which a query says which."""

import re
from collections.abc import Sequence
from typing import Any

from da.benchmark.published import AVERAGE, Published, published
from da.benchmark.published_sources import Source, sources
from da.benchmark.tables import markdown_escape, markdown_table

#: What a mark may choose rows by; a name or a list of names, in the order of the table.
FILTERS = ("implementation", "protocol", "selection", "method", "task", "metric")


def table(query: dict[str, Any]) -> str:
    """Return published results as a table in Markdown.

    Args:
        query: ``benchmark``; any of :data:`FILTERS`; ``rows``, the columns of the file that tell
            the rows of the table apart, one of which may be the benchmark; ``across``, the one
            whose values are its columns, if not all numbers are in one.

    Raises:
        ValueError: If it names what there is not, or several numbers for one place.
    """
    rows, across = list(query["rows"]), query.get("across")
    chosen = _chosen(query)
    places: dict[tuple[str, ...], dict[str, Published]] = {}
    for result in chosen:
        row = places.setdefault(tuple(getattr(result, c) for c in rows), {})
        column = getattr(result, across) if across else "accuracy"
        if column in row:
            raise ValueError(
                f"two published numbers for {column} in one row, {row[column]} and {result}; name "
                f"more in rows, or choose fewer"
            )
        row[column] = result
    columns = _ordered([c for row in places.values() for c in row], query.get(across or ""))
    lines = [
        [*map(_name, key), *(_number(row.get(c)) for c in columns), _sources(list(row.values()))]
        for key, row in places.items()
    ]
    return markdown_table([*rows, *map(_name, columns), "source"], lines).rstrip()


def harm(query: dict[str, Any]) -> str:
    """Return how many published cells lie below source-only of the same table, in Markdown.

    Args:
        query: ``benchmark``, and of :data:`FILTERS` what is wanted.
    """
    floors: dict[tuple[str, ...], float] = {}
    cells: list[tuple[tuple[str, ...], str, float]] = []
    for r in _chosen({"metric": "accuracy", "rows": ["implementation"], **query}):
        key = (r.benchmark, r.implementation, r.protocol, r.selection)
        if r.method == "source only":
            floors[(*key, r.task)] = r.value
        elif r.method != "target only" and r.task != AVERAGE:
            cells.append((key, r.task, r.value))
    kept = [(key, floors[(*key, t)], value) for key, t, value in cells if (*key, t) in floors]
    lines: list[list[str]] = []
    for group in dict.fromkeys(key for key, _, _ in kept):
        below = [value < floor for key, floor, value in kept if key == group]
        lines.append([*map(_name, group), f"{sum(below)} of {len(below)}"])
    header = ["benchmark", "implementation", "protocol", "selection", "below source-only"]
    return markdown_table(header, lines).rstrip()


def _chosen(query: dict[str, Any]) -> list[Published]:
    """Return the rows of the file, in the order of the names that the query lists."""
    if odd := set(query) - {"benchmark", "rows", "across", *FILTERS}:
        raise ValueError(f"a mark for published results says {', '.join(sorted(odd))}")
    wanted = {c: listed(query[c]) for c in ("benchmark", *FILTERS) if c in query}
    found = [r for name in wanted.pop("benchmark") for r in published(name)]
    for column, names in wanted.items():
        if missing := set(names) - {getattr(r, column) for r in found}:
            raise ValueError(f"no such published {column} on the page: {', '.join(missing)}")
        found = [r for r in found if getattr(r, column) in names]
    by = [c for c in query["rows"] if c in wanted]
    return sorted(found, key=lambda r: [wanted[c].index(getattr(r, c)) for c in by])


def listed(names: str | list[str]) -> list[str]:
    """Return names as a list, also where there is one alone."""
    return [names] if isinstance(names, str) else names


def _ordered(found: Sequence[str], wanted: str | list[str] | None) -> list[str]:
    """Return different columns in the order asked for, else as they come."""
    return list(dict.fromkeys(found)) if wanted is None else listed(wanted)


def _name(text: str) -> str:
    return markdown_escape(text.replace("->", "→"))


def _number(result: Published | None) -> str:
    """Return a number with as many digits as are told, or a dash."""
    if result is None:
        return "–"
    spread = "" if result.spread is None else f" ±{result.spread:g}"
    return f"{result.value:.2f}".removesuffix("0") + spread


def _sources(results: Sequence[Published]) -> str:
    """Return who reported the numbers of a row, and where they were read if not there."""
    known = sources()
    told = []
    for source, quoted in dict.fromkeys((r.source, r.quoted_in) for r in results):
        text = _short(known[source])
        told.append(f"{text}, read in {_short(known[quoted])}" if quoted else text)
    return "; ".join(told)


def _short(source: Source) -> str:
    """Return authors and year, with a link where the place is known."""
    names = re.split(r", | & ", source.authors)
    who = f"{names[0]} et al." if len(names) > 2 else source.authors
    if source.kind == "summary":
        who = "a reader's notes"
    return cite(f"{who} {source.year}".strip(), source.where)


def cite(text: str, where: str) -> str:
    """Return words as a link to a page, or to ``REPOSITORY@COMMIT:PATH`` on GitHub."""
    if where and not where.startswith("https://"):
        repository, _, place = where.partition("@")
        commit, _, path = place.partition(":")
        where = f"https://github.com/{repository.partition(':')[0]}"
        where += f"/blob/{commit}/{path}" if path else f"/tree/{commit}" if commit else ""
    return f"[{text}]({where})" if where else text
