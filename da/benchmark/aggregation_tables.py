"""Methods over a suite, as a table in Markdown and LaTeX."""

from collections.abc import Collection

from da.benchmark.aggregate import Aggregate, Standing
from da.benchmark.aggregation_columns import COLUMNS, name, scenario_column, titles
from da.benchmark.tables import latex_escape, markdown_escape, markdown_table
from da.benchmark.wording import count, method_name, threshold

#: Columns of a brief table: what most readers ask for first.
BRIEF = ("method", "accuracy", "Δ", "new targets", "hurt", "p", "rank")


def markdown(aggregate: Aggregate, *, brief: bool = False) -> str:
    """Return the table in Markdown, one row per method, with what it means below it.

    Args:
        aggregate: The methods.
        brief: Whether to show :data:`BRIEF` alone.
    """
    header = [title for title, _ in titles(aggregate)]
    shown = [i for i, title in enumerate(header) if not brief or title in BRIEF]
    body = []
    for standing in aggregate.standings:
        texts = [markdown_escape(text) for text in _texts(standing, aggregate)]
        if standing.among_best:
            texts[2] = f"**{texts[2]}**"
        body.append([texts[i] for i in shown])
    names = [header[i] for i in shown]
    below = [legend(aggregate), meanings(names), *notes(aggregate)]
    table = markdown_table([markdown_escape(name) for name in names], body)
    return table + "\n" + "\n\n".join(map(markdown_escape, below)) + "\n"


def latex(aggregate: Aggregate) -> str:
    """Return the table as a LaTeX ``tabular`` for the booktabs package."""
    header = [_escape(title) for title, _ in titles(aggregate)]
    lines = [
        rf"\begin{{tabular}}{{l{'r' * (len(header) - 1)}}}",
        r"\toprule",
        " & ".join(header) + r" \\",
        r"\midrule",
    ]
    for standing in aggregate.standings:
        texts = [_escape(text) for text in _texts(standing, aggregate)]
        if standing.among_best:
            texts[2] = rf"\textbf{{{texts[2]}}}"
        lines.append(" & ".join(texts) + r" \\")
    names = [title for title, _ in titles(aggregate)]
    below = [legend(aggregate), meanings(names), *notes(aggregate)]
    comments = [f"% {' '.join(text.split())}" for text in below]
    return "\n".join([*lines, r"\bottomrule", r"\end{tabular}", *comments]) + "\n"


def legend(aggregate: Aggregate) -> str:
    """Return what the means are over, and what bold face means."""
    return (
        f"Means over {over(aggregate)}, by mean difference from source-only. Bold: the highest "
        "difference of these tasks, what has target labels aside, and those that the paired "
        "bootstrap with Holm's correction does not separate from it. Harm matters from "
        f"{threshold(aggregate.materiality)} on."
    )


def meanings(shown: Collection[str]) -> str:
    """Return what the columns of these titles mean."""
    texts = [f"{title}: {meaning}" for title, meaning, _ in COLUMNS[1:] if title in shown]
    return f"Columns: {'; '.join(texts)}."


def over(aggregate: Aggregate) -> str:
    """Return what the means are over, and what they leave out."""
    tasks, pairs = len(aggregate.tasks), aggregate.pairs
    text = count(tasks, "plain task" if aggregate.scenarios or aggregate.graded else "task")
    if pairs < tasks:
        text += f" of {count(pairs, 'pair')} of source and target"
    text += f" with {count(aggregate.targets, 'target')}"
    if aggregate.scenarios:
        names = " and ".join(scenario.replace("_", " ") for scenario in aggregate.scenarios)
        text += f" ({names} {'is' if len(aggregate.scenarios) == 1 else 'are'} kept apart)"
    return text


def notes(aggregate: Aggregate) -> list[str]:
    """Return what is missing from the table, and why."""
    lines = []
    standings = aggregate.standings
    if aggregate.graded:
        lines.append(
            f"{count(aggregate.graded, 'task')} at the levels of an axis of stress "
            f"{'is' if aggregate.graded == 1 else 'are'} left out: curves say more than their mean."
        )
    if aggregate.seeds[0] == 1:
        lines.append("Of one seed nothing is known about other seeds: intervals are conditional.")
    failed = [s for s in standings if s.failed]
    if failed:
        names = ", ".join(f"{method_name(s.method)} {s.failed}" for s in failed)
        lines.append(f"† Runs that diverged or failed count as a guess: {names}.")
    partly = [s for s in standings if s.accuracy is not None and not s.complete]
    if partly:
        names = ", ".join(method_name(s.method) for s in partly)
        lines.append(
            f"Without a number on every task, neither ranked nor compared with others: {names}."
        )
    absent = [s for s in standings if s.accuracy is None]
    if absent:
        lines.append(f"Without any number: {', '.join(method_name(s.method) for s in absent)}.")
    if aggregate.tasks and not aggregate.scored:
        lines.append("Without target-only runs there is no ceiling to score runs by.")
    elif aggregate.scored < len(aggregate.tasks):
        lines.append(
            f"Scores are over {aggregate.scored} of {count(len(aggregate.tasks), 'task')}: on the "
            "others there is no target-only, or it is not two points above chance."
        )
    return lines


def _texts(standing: Standing, aggregate: Aggregate) -> list[str]:
    shows = [show for _, _, show in COLUMNS] + [scenario_column(n) for n in aggregate.scenarios]
    return [name(standing, aggregate), *(show(standing)[1] for show in shows[1:])]


def _escape(text: str) -> str:
    return latex_escape(text).replace("Δ", r"$\Delta$")
