"""Reports and progress in the terminal."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)
from rich.table import Table
from rich.text import Text

from da.acquisition.download import Report as Transferred
from da.acquisition.findings import Report

COLOURS = {"complete": "green", "partial": "yellow", "corrupt": "red", "absent": "dim"}


def print_report(report: Report, console: Console) -> None:
    """Print the state of one data set: what it is, where, how many samples, what is wrong."""
    rows = [("folder", report.folder)] if report.folder else []
    if report.counts:
        rows.append(("holds", ", ".join(f"{key} {n:,}" for key, n in report.counts.items())))
    rows += [("", finding) for finding in report.findings]
    colour = COLOURS[report.status]
    print_block(report.name, report.status, rows, console, colour)


def print_block(
    name: str, title: str, rows: list[tuple[str, str]], console: Console, colour: str = ""
) -> None:
    """Print a name, what is said of it, and rows of details."""
    table = Table.grid(padding=(0, 2))
    table.add_column(min_width=18)
    table.add_column(overflow="fold")
    table.add_row(Text(name, "bold"), Text(title, colour))
    for key, value in rows:
        table.add_row(Text(f"  {key}", "dim"), Text(value))
    console.print(table)


def output() -> Console:
    """Return where to print: as wide as the terminal, wider in a log."""
    console = Console()
    if not console.is_terminal:
        console.width = 120  # a log has no edge; rich would wrap it at 80
    return console


@contextmanager
def reads(name: str, total: int) -> Iterator[Callable[[int], None]]:
    """Show how many files were read, on standard error."""
    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task(f"checking {name}", total=total)
        yield lambda files: bar.advance(task, files)


@contextmanager
def transfers() -> Iterator[Transferred]:
    """Show how many bytes were received, on standard error."""
    console, tasks = Console(stderr=True), dict[str, TaskID]()
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        DownloadColumn(),
        TransferSpeedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, disable=not console.is_terminal) as bar:

        def report(what: str, done: int, total: int) -> None:
            if what not in tasks:
                tasks[what] = bar.add_task(what)
            bar.update(tasks[what], completed=done, total=total or None)

        yield report
