"""Methods over a suite, as a section of the page."""

from markupsafe import Markup

from da.benchmark.aggregate import Aggregate
from da.benchmark.aggregation_columns import row, titles
from da.benchmark.aggregation_story import story
from da.benchmark.aggregation_tables import legend, notes
from da.benchmark.templates import template


def section(aggregate: Aggregate) -> Markup:
    """Return the section, with id ``suite``: sentences, figures and the table.

    It relies on the page for its style, and for the colours that the figures name.
    """
    from da.benchmark.aggregation_figures import figures  # matplotlib is slow to import

    text = template("aggregate.html.j2").render(
        story=story(aggregate),
        legend=legend(aggregate),
        titles=titles(aggregate),
        rows=[row(standing, aggregate) for standing in aggregate.standings],
        notes=notes(aggregate),
        figures={name: Markup(text) for name, text in figures(aggregate).items()},
    )
    return Markup(text)
