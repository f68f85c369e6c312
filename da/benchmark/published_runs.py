"""The settings that ``da reproduce`` runs: their size and cost, and what came out, in Markdown."""

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from da.benchmark.cost import load
from da.benchmark.grid import folder
from da.benchmark.paper_files import papers
from da.benchmark.papers import Paper, load_paper
from da.benchmark.published_tables import cite, listed
from da.benchmark.tables import markdown_table

#: How to read what settings cost.
COST = (
    "Hours are those of all trainings at full size one after the other, from timed steps "
    "(`python benchmarks/costs.py`), without evaluation. PFLOP are what they compute: a device "
    "that sustains 10 TFLOP/s does 36 in an hour, if it need not wait for small networks."
)


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
    for benchmark in listed(query["benchmark"]):
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
            lines.append([command, cite(paper.title, paper.url), size, trainings, hours, pflop])
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
    made = []
    for benchmark in listed(query["benchmark"]):
        for _, command, section in _run(benchmark):
            told = re.findall(r"^- (?:Smaller than|Of \d).*", section, re.M)
            (overview,) = re.findall(r"^\| method \| ours .*?(?=\n\n)", section, re.M | re.S)
            made.append("\n".join([f"`{command}`:\n", *told, "", overview]))
    if not made:
        raise ValueError(f"no published setting about {query['benchmark']!r} was run")
    return "\n\n".join(made)


def outcomes(query: dict[str, Any]) -> str:
    """Return in a sentence or two each how the settings that were run compare with the papers.

    Args:
        query: ``benchmark``, a name or a list of names; all if left out.
    """
    lines = []
    known = dict.fromkeys(paper.published for paper in _papers())
    for benchmark in listed(query.get("benchmark", list(known))):
        for paper, command, section in _run(benchmark):
            told = re.findall(
                r"^- ((?:Of \d|Adapting changes accuracy in the published).*)", section, re.M
            )
            if told:
                lines.append(f"- {cite(paper.title, paper.url)}, `{command}`: {' '.join(told)}")
    return "\n".join(lines)


def _run(benchmark: str) -> Iterator[tuple[Paper, str, str]]:
    """Iterate over the settings about a benchmark that were run: setting, command and section."""
    results = (folder("benchmarks") / "results" / "README.md").read_text(encoding="utf-8")
    for paper in _papers():
        for smaller in ("", "_reduced") if paper.published == benchmark else ():
            mark = f"published_{paper.name}{smaller}"
            section = re.search(f"<!-- results: {mark} -->(.*?)<!-- end: {mark} -->", results, re.S)
            if section:
                yield (
                    paper,
                    f"da reproduce {paper.name}{' --reduced' if smaller else ''}",
                    section[1],
                )


@cache
def _papers() -> list[Paper]:
    return [load_paper(name) for name in papers()]


def _few(number: float) -> str:
    """Return a number with two digits that count, or all before the point."""
    return f"{number:,.0f}" if number >= 10 else f"{number:.2g}"
