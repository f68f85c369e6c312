"""``da methods``: what methods there are, and what is known of each."""

import json
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

from da.arguments import Parser

if TYPE_CHECKING:
    from rich.console import Console

    from da.overview.entries import Entry


def methods(args: Sequence[str]) -> int:
    """List methods: paper, label spaces, what each assumes, when it tends to hurt, what it costs.

    With names, all about these, options included.
    """
    parser = Parser("da methods", description=methods.__doc__)
    parser.add_argument("names", nargs="*", metavar="name", help="files in experiments/methods")
    parser.add_argument("--family", help="only one family, such as adversarial")
    parser.add_argument("--setting", help="only methods made for closed-set or for partial")
    parser.add_argument("--json", action="store_true", help="print JSON, for programs")
    parser.add_argument(
        "--readme", type=Path, help="write the list between its marks in a Markdown file"
    )
    options = parser.parse_args(args)

    from da.overview.entries import entries, find
    from da.overview.page import update

    chosen = [find(name) for name in options.names] or entries()
    chosen = _only(chosen, "family", options.family, lambda e: (e.family,))
    chosen = _only(chosen, "setting", options.setting, lambda e: e.settings)
    if options.readme:
        update(options.readme, chosen)
    elif options.json:
        print(json.dumps([_plain(e) for e in chosen], indent=2))
    elif options.names:
        for entry in chosen:
            print_whole(entry, _console())
    else:
        print_list(chosen, _console())
    return 0


def print_list(entries: Sequence["Entry"], console: "Console") -> None:
    """Print the methods of each family, as wide as the console.

    Args:
        entries: Methods, those of a family next to each other.
        console: Where to print.
    """
    from rich.table import Table
    from rich.text import Text

    from da.overview.page import measured_with

    width = max(len(name) for e in entries for name in (e.name, e.written))
    for family, members in groupby(entries, key=lambda e: e.family):
        table = Table(show_header=False, box=None, padding=(0, 2, 0, 0), expand=True)
        table.add_column(no_wrap=True, min_width=width)
        table.add_column(style="dim", width=7)
        table.add_column(ratio=1)
        table.add_column(justify="right", no_wrap=True)
        for e in members:
            paper = e.paper.short if e.paper else "–"
            if e.settings != ("closed-set",):
                paper += f"; {', '.join(e.settings)}"
            cost = f"{e.cost[0]:.2f}" if e.cost else "–"
            table.add_row(Text(e.written, "bold"), "paper", Text(paper), cost)
            table.add_row(Text(e.name, "dim"), "assumes", Text(e.assumes))
            if not e.like:
                table.add_row("", "hurts", Text(e.hurts))
        heading = Table.grid(expand=True)
        heading.add_column()
        heading.add_column(justify="right")
        heading.add_row(Text(family.upper()), Text("step  ", "dim"))
        console.print(heading, table, Text())
    console.print(
        "da methods NAME tells all about one. Label spaces are closed-set where none is named. "
        f"{measured_with()}",
        style="dim",
        highlight=False,
        markup=False,
    )


def print_whole(entry: "Entry", console: "Console") -> None:
    """Print all that is known of one method.

    Args:
        entry: The method.
        console: Where to print.
    """
    from rich.table import Table
    from rich.text import Text

    from da.overview.arguments import arguments
    from da.overview.entries import description
    from da.overview.page import measured_with

    summary, *rest = description(entry.stating).split("\n\n")
    rows = [("paper", entry.paper.whole), ("", entry.paper.url)] if entry.paper else []
    rows += [
        ("family", f"{entry.family}; made for {' and '.join(entry.settings)} label spaces"),
        *_whose(entry, "assumes"),
        *_whose(entry, "hurts"),
    ]
    if entry.cost:
        middle, low, high = entry.cost
        rows.append(("step", f"{middle:.2f} times source-only's ({low:.2f} to {high:.2f})"))
        rows.append(("", measured_with()))
    rows.append(("class", entry.class_path))
    rows += [("" if i else "says", " ".join(text.split())) for i, text in enumerate(rest)]
    rows += [("file", str(entry.path)), ("", entry.path.read_text().rstrip())]
    console.print(Text.assemble((entry.written, "bold"), f"  {' '.join(summary.split())}"))
    table = Table.grid(padding=(0, 2))
    table.add_column(style="dim", min_width=9)
    table.add_column(overflow="fold")
    for key, value in rows:
        if key or value:
            table.add_row(f"  {key}", Text(value))
    console.print(table)
    options = Table("option", "default", "meaning", box=None, padding=(0, 2, 0, 0))
    for a in arguments(entry.stating):
        options.add_row(Text(a.name), Text(a.default or "required"), Text(a.meaning))
    if options.row_count:
        console.print(options)
    console.print()


def _whose(entry: "Entry", fact: str) -> list[tuple[str, str]]:
    """Return a fact, that of each method that this one is like, if there are such."""
    if not entry.like:
        return [(fact, getattr(entry, fact))]
    return [
        ("" if i else fact, f"{getattr(cls, fact)} ({cls.__name__})")
        for i, cls in enumerate(entry.like)
    ]


def _only(entries: list["Entry"], what: str, value: str | None, key: Any) -> list["Entry"]:
    from da.benchmark.grid import unknown

    if value is None:
        return entries
    known = sorted({v for e in entries for v in key(e)})
    if value not in known:
        raise ValueError(unknown(what, value, known))
    return [e for e in entries if value in key(e)]


def _plain(entry: "Entry") -> dict[str, Any]:
    return {
        "name": entry.name,
        "written": entry.written,
        "class": entry.class_path,
        "family": entry.family,
        "settings": entry.settings,
        "assumes": entry.assumes,
        "hurts": entry.hurts,
        "paper": vars(entry.paper) if entry.paper else None,
        "step": dict(zip(("median", "low", "high"), entry.cost, strict=True))
        if entry.cost
        else None,
    }


def _console() -> "Console":
    from rich.console import Console

    console = Console()
    if not console.is_terminal:
        console.width = 100  # of a page; rich would take 80
    return console
