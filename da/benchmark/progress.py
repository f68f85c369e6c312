"""Live progress of a benchmark: bars on a terminal, a line now and then elsewhere."""

import time
from statistics import fmean
from typing import Any

from rich.console import Console, Group
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from da.benchmark.summary import Cell, Summary

PLAIN = 15.0  # seconds between lines where there is no terminal


class Progress:
    """Show how far a benchmark is, on standard error so that tables can be piped.

    Args:
        show: Whether to show anything at all.
        console: Where to show it; standard error unless given.
    """

    def __init__(self, *, show: bool = True, console: Console | None = None) -> None:
        self.show = show
        self.console = console or Console(stderr=True)
        # Asked of the file itself: rich also believes FORCE_COLOR, which logs of CI set.
        self.live = show and self.console.file.isatty() and not self.console.is_dumb_terminal
        self.display = Live(console=self.console, auto_refresh=False)
        self.start = self.shown = time.monotonic()

    def __enter__(self) -> "Progress":
        if self.live:
            self.display.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.display.stop()

    def update(self, summary: Summary) -> None:
        """Show the present state; the caller's pace is the pace of the display."""
        now = time.monotonic()
        if self.live:
            self.display.update(_screen(summary, now - self.start), refresh=True)
        elif self.show and (now - self.shown >= PLAIN or summary.jobs == 0):
            self.shown = now
            self.console.print(_line(summary, now - self.start), soft_wrap=True, highlight=False)


def _screen(summary: Summary, elapsed: float) -> Group:
    """All of the live display: the whole, each worker, each method so far."""
    overall = Table.grid(padding=(0, 2))
    total = len(summary.cells)
    done = sum(cell.progress for cell in summary.cells)
    overall.add_row(ProgressBar(total, done, width=40), _overall(summary, elapsed))

    workers = Table.grid(padding=(0, 2))
    for cells in summary.workers.values():
        first = cells[0]
        more = f" +{len(cells) - 1}" if len(cells) > 1 else ""
        bar = ProgressBar(1.0, first.progress, width=20)
        workers.add_row(
            Text(first.method), Text(first.task + more), f"seed {first.seed}", bar, _note(first)
        )

    methods = Table("method", box=None, padding=(0, 2, 0, 0))
    methods.add_column("cells", justify="right")
    methods.add_column("accuracy", justify="right")
    for method, accuracies in summary.accuracies.items():
        methods.add_row(Text(method), str(len(accuracies)), f"{100 * fmean(accuracies):.1f}")
    return Group(overall, workers, *([methods] if summary.accuracies else []))


def _line(summary: Summary, elapsed: float) -> Text:
    """The same in one line."""
    means = [f"{name} {100 * fmean(values):.1f}" for name, values in summary.accuracies.items()]
    return Text("; ".join([_overall(summary, elapsed), ", ".join(means)]).rstrip("; "))


def _overall(summary: Summary, elapsed: float) -> str:
    """Cells, time and what did not go well."""
    parts = [f"{summary.states['done']}/{len(summary.cells)} cells", f"{_clock(elapsed)} elapsed"]
    if summary.jobs and summary.seconds_left is not None:
        at_once = max(1, min(len(summary.workers), summary.jobs))
        parts.append(f"about {_clock(summary.seconds_left / at_once)} left")
    parts += [
        f"{summary.statuses[status]} {status.replace('_', ' ')}"
        for status in ("diverged", "failed", "not_applicable")
        if summary.statuses[status]
    ]
    return ", ".join(parts)


def _note(cell: Cell) -> Text:
    """What a running cell reported last."""
    return Text(", ".join(f"{name} {_value(name, value)}" for name, value in cell.note.items()))


def _value(name: str, value: Any) -> str:
    if not isinstance(value, float):
        return str(value)
    return f"{100 * value:.1f}" if name == "accuracy" else f"{value:.3g}"


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
