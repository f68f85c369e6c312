"""Published results on the pages of the benchmarks, as tables below marks that say which.

A page then quotes no number that the package does not hold with its source.
"""

import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from da.benchmark.cost import load
from da.benchmark.grid import folder
from da.benchmark.papers import Paper, load_paper, papers
from da.benchmark.published import AVERAGE, Published, published
from da.benchmark.published_sources import Source, sources
from da.benchmark.results import write
from da.benchmark.tables import markdown_escape, markdown_table

#: What a mark may choose rows by; a name or a list of names, in the order of the table.
FILTERS = ("implementation", "protocol", "selection", "method", "task", "metric")

#: How to read what settings cost.
COST = (
    "Hours are those of all trainings at full size one after the other, from timed steps "
    "(`python benchmarks/costs.py`), without evaluation. PFLOP are what they compute: a device "
    "that sustains 10 TFLOP/s does 36 in an hour, if it need not wait for small networks."
)

_MARK = re.compile(
    r"<!-- (?P<kind>published|harm|settings|ours): (?P<query>\{.*?\}) -->\n"
    r".*?<!-- end: (?P=kind) -->",
    re.S,
)


def refreshed(text: str) -> str:
    """Return a page with what stands below its marks made anew.

    ``<!-- published: {benchmark: digits, task: mnist->usps, rows: [implementation]} -->`` stands
    before a :func:`table`, ``<!-- harm: ... -->`` before the cells below source-only, see
    :func:`harm`, ``<!-- settings: {benchmark: digits} -->`` before what ``da reproduce`` runs, see
    :func:`settings`, and ``<!-- ours: {benchmark: digits} -->`` before what came out, see
    :func:`ours`.

    Raises:
        ValueError: If a mark names what there is not, or several numbers for one place.
    """
    makes = {"published": table, "harm": harm, "settings": settings, "ours": ours}

    def made(mark: re.Match[str]) -> str:
        kind, query = mark["kind"], mark["query"]
        text = makes[kind](yaml.safe_load(query))
        return f"<!-- {kind}: {query} -->\n{text}\n<!-- end: {kind} -->"

    return _MARK.sub(made, text)


def refresh(path: Path) -> None:
    """Make the tables of a page anew."""
    write(path, refreshed(path.read_text(encoding="utf-8")))


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


def settings(query: dict[str, Any]) -> str:
    """Return what ``da reproduce`` runs on some benchmarks, as a table in Markdown.

    With what it costs, where ``benchmarks/costs.json`` knows.

    Args:
        query: ``benchmark``, a name or a list of names.

    Raises:
        ValueError: If a benchmark has no settings.
    """
    known = load(folder("benchmarks") / "costs.json")
    lines, timed = [], False
    for benchmark in _listed(query["benchmark"]):
        about = [paper for paper in _papers() if paper.published == benchmark]
        if not about:
            raise ValueError(f"no published setting is about {benchmark!r}")
        for paper in about:
            run = paper.benchmark
            methods = {paper.variants.get(cell, cell) for cell in run.methods}
            command = f"`da reproduce {paper.name}`" + ", `--reduced`" * paper.has_reduced
            size = f"{len(methods)} × {len(run.tasks)} × {len(run.seeds)}"
            trainings = str(len(run.methods) * len(run.tasks) * len(run.seeds))
            costs, device = known.get(paper.name, ([], ""))
            timed |= bool(costs)
            hours = f"{_few(sum(cost.hours for cost in costs))} ({device})" if costs else "–"
            pflop = _few(sum(cost.flop for cost in costs) / 1e15) if costs else "–"
            lines.append([command, _cite(paper.title, paper.url), size, trainings, hours, pflop])
    header = ["command", "compared with", "methods × tasks × seeds", "trainings", "hours", "PFLOP"]
    return markdown_table(header, lines).rstrip() + f"\n\n{COST}" * timed


def ours(query: dict[str, Any]) -> str:
    """Return our numbers beside the published ones, of all settings that were run.

    They are those of the sections of ``benchmarks/results/README.md``.

    Args:
        query: ``benchmark``, a name or a list of names.

    Raises:
        ValueError: If no setting about the benchmarks was run.
    """
    results = (folder("benchmarks") / "results" / "README.md").read_text(encoding="utf-8")
    made = []
    for paper in (p for b in _listed(query["benchmark"]) for p in _papers() if p.published == b):
        for command, reduced in ((paper.name, ""), (f"{paper.name} --reduced", "_reduced")):
            mark = f"published_{paper.name}{reduced}"
            section = re.search(f"<!-- results: {mark} -->(.*?)<!-- end: {mark} -->", results, re.S)
            if section:
                told = re.findall(r"^- (?:Smaller than|Of \d).*", section[1], re.M)
                (overview,) = re.findall(r"^\| method \| ours .*?(?=\n\n)", section[1], re.M | re.S)
                made.append("\n".join([f"`da reproduce {command}`:\n", *told, "", overview]))
    if not made:
        raise ValueError(f"no published setting about {query['benchmark']!r} was run")
    return "\n\n".join(made)


@cache
def _papers() -> list[Paper]:
    return [load_paper(name) for name in papers()]


def _chosen(query: dict[str, Any]) -> list[Published]:
    """Return the rows of the file, in the order of the names that the query lists."""
    if odd := set(query) - {"benchmark", "rows", "across", *FILTERS}:
        raise ValueError(f"a mark for published results says {', '.join(sorted(odd))}")
    wanted = {c: _listed(query[c]) for c in ("benchmark", *FILTERS) if c in query}
    found = [r for name in wanted.pop("benchmark") for r in published(name)]
    for column, names in wanted.items():
        if missing := set(names) - {getattr(r, column) for r in found}:
            raise ValueError(f"no such published {column} on the page: {', '.join(missing)}")
        found = [r for r in found if getattr(r, column) in names]
    by = [c for c in query["rows"] if c in wanted]
    return sorted(found, key=lambda r: [wanted[c].index(getattr(r, c)) for c in by])


def _listed(names: str | list[str]) -> list[str]:
    return [names] if isinstance(names, str) else names


def _ordered(found: Sequence[str], wanted: str | list[str] | None) -> list[str]:
    """Return different columns in the order asked for, else as they come."""
    return list(dict.fromkeys(found)) if wanted is None else _listed(wanted)


def _few(number: float) -> str:
    """Return a number with two digits that count, or all before the point."""
    return f"{number:,.0f}" if number >= 10 else f"{number:.2g}"


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
    return _cite(f"{who} {source.year}".strip(), source.where)


def _cite(text: str, where: str) -> str:
    if where and not where.startswith("https://"):
        repository, _, place = where.partition("@")
        commit, _, path = place.partition(":")
        where = f"https://github.com/{repository.partition(':')[0]}"
        where += f"/blob/{commit}/{path}" if path else f"/tree/{commit}" if commit else ""
    return f"[{text}]({where})" if where else text
