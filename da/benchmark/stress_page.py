"""What the page shows of stress curves."""

from typing import Any

from markupsafe import Markup

from da.benchmark.stress_cells import Stress
from da.benchmark.stress_figures import figures, slug
from da.benchmark.stress_rows import (
    axis_name,
    entries,
    legend,
    notes,
    overall_rows,
    relative_rows,
    tv_rows,
)
from da.benchmark.stress_story import story
from da.benchmark.wording import method_name, task_name


def context(stress: Stress) -> dict[str, Any]:
    """Return the variables of ``stress.html.j2``.

    Args:
        stress: The curves, with at least one method.

    Returns:
        Sentences, and for each pair of domains its figures as markup and its tables as text.
    """
    drawn = {name: Markup(element) for name, element in figures(stress).items()}
    pairs = []
    for pair in stress.pairs:
        rows = []
        for method in stress.methods:
            cells = []
            for axis in stress.axes:
                curve = stress.curve(pair, axis, method)
                cells.append(entries(curve, curve.scores if curve else None))
            rows.append((method_name(method), cells))
        by_tv = tv_rows(stress, pair)
        pairs.append(
            {
                "slug": slug(pair),
                "name": task_name(pair),
                "differences": drawn[f"differences-{slug(pair)}"],
                "accuracy": drawn[f"accuracy-{slug(pair)}"],
                "rows": rows,
                "relative": relative_rows(stress, pair),
                "tv": by_tv if by_tv[1] else None,
            }
        )
    return {
        "story": story(stress),
        "axes": [axis_name(axis) for axis in stress.axes],
        "pairs": pairs,
        "overall": overall_rows(stress),
        "legend": legend(stress),
        "notes": notes(stress),
        "materiality": f"{100 * stress.materiality:g}",
    }
