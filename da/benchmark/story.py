"""The table in plain sentences."""

from collections import Counter
from collections.abc import Sequence

import numpy as np

from da.benchmark import story_details
from da.benchmark.cells import Analysis, Cell
from da.benchmark.selection import BASELINE, CEILING
from da.benchmark.wording import count, method_name, percent, points, task_name, threshold
from da.transfer import Verdict, holm


def story(analysis: Analysis) -> list[str]:
    """Tell what the table shows: gains, harm, the control, and what failed.

    Args:
        analysis: The table.

    Returns:
        Sentences in the order in which they matter, all derived from the cells.
    """
    judged = [cell for cell in analysis.cells if cell.verdict is not None]
    cells = [cell for cell in judged if not cell.control]
    sentences = [
        *_levels(analysis),
        *_gains(cells),
        *_harm(cells),
        *_safe(cells),
        *story_details.undecided(cells, analysis.materiality),
        *story_details.references(cells),
        *_control([cell for cell in judged if cell.control]),
        *story_details.hidden(cells),
        *story_details.classes(cells),
        *story_details.samples(cells),
        *_failures(analysis),
        *_power(judged, analysis),
    ]
    return sentences or ["No method has been compared with source-only yet."]


def _levels(analysis: Analysis) -> list[str]:
    levels = {s.method: s for s in analysis.summaries()}
    floor, ceiling = levels.get(BASELINE), levels.get(CEILING)
    if floor is None or floor.accuracy is None:
        return []
    sentence = (
        f"Without adapting, a model trained on the source alone gets {percent(floor.accuracy)} % "
        f"of the target test samples right on average over {count(floor.tasks, 'task')}"
    )
    if ceiling is not None and ceiling.accuracy is not None:
        sentence += f"; trained on target labels it would get {percent(ceiling.accuracy)} %"
    return [sentence + "."]


def _gains(cells: Sequence[Cell]) -> list[str]:
    if not cells:
        return []
    gained = [cell for cell in cells if cell.verdict is Verdict.POS]
    if not gained:
        return [f"Adapting helped significantly in none of {count(len(cells), 'comparison')}."]
    best = max(gained, key=_estimate)
    return [
        f"Adapting helped significantly in {len(gained)} of {count(len(cells), 'comparison')} "
        f"({_by_method(gained)}), most of all {_effect(best)}."
    ]


def _harm(cells: Sequence[Cell]) -> list[str]:
    if not cells:
        return []
    hurt = sorted((cell for cell in cells if _negative(cell)), key=_estimate)
    if not hurt:
        return [
            "In no comparison did adapting hurt significantly, which does not prove it harmless."
        ]
    listed = "; ".join(_effect(cell) for cell in hurt[:6])
    more = f"; and {len(hurt) - 6} more" if len(hurt) > 6 else ""
    scenarios = Counter(cell.scenario for cell in hurt)
    where = ", ".join(f"{n} {name.replace('_', ' ')}" for name, n in sorted(scenarios.items()))
    return [
        f"It hurt in {count(len(hurt), 'comparison')}, by scenario {where}: {listed}{more}. "
        "There the source-only model is the better choice."
    ]


def _safe(cells: Sequence[Cell]) -> list[str]:
    safe = sum(cell.verdict is Verdict.SAFE for cell in cells)
    if not safe:
        return []
    return [
        f"In {count(safe, 'comparison')} adapting changed nothing that matters: "
        "harm beyond the materiality threshold can be ruled out, a gain is not shown."
    ]


def _control(cells: Sequence[Cell]) -> list[str]:
    known = [cell for cell in cells if cell.p is not None]
    if not known:
        return []
    adjusted = holm(np.array([cell.p for cell in known]))
    wrong = [cell for cell, p in zip(known, adjusted, strict=True) if p <= 0.05]
    told = "The control, two halves of one domain where nothing should be gained or lost, shows"
    if not wrong:
        methods = count(len(known), "method")
        return [f"{told} no significant difference for any of {methods}, as it should."]
    return [
        f"{told} a significant difference, corrected for {count(len(known), 'method')}: "
        f"{'; '.join(_effect(cell) for cell in wrong)}."
    ]


def _failures(analysis: Analysis) -> list[str]:
    sentences = []
    for status, meaning in (("diverged", "diverged"), ("failed", "failed")):
        cells = [cell for cell in analysis.cells if cell.status.get(status)]
        if cells:
            number = sum(cell.status[status] for cell in cells)
            names = ", ".join(
                f"{method_name(cell.method)} on {task_name(cell.task)}" for cell in cells
            )
            sentences.append(
                f"{count(number, 'run')} {meaning} and {'counts' if number == 1 else 'count'} "
                f"as a guess: {names}."
            )
    fallbacks = sum(cell.fallbacks for cell in analysis.cells)
    if fallbacks:
        sentences.append(
            f"In {count(fallbacks, 'run')} no checkpoint passed the guard of the validator: "
            "source-only stands in."
        )
    absent = [cell for cell in analysis.cells if cell.status.get("not_applicable")]
    for method in sorted({cell.method for cell in absent}):
        reasons = sorted({reason for c in absent if c.method == method for reason in c.reasons})
        sentences.append(f"{method_name(method)} does not apply: {'; '.join(reasons)}.")
    broken = [cell for cell in analysis.cells if not cell.floor_ok]
    if broken:
        names = ", ".join(
            f"{method_name(cell.method)} on {task_name(cell.task)}" for cell in broken
        )
        sentences.append(f"Errors lie below what label shift permits, an evaluation bug: {names}.")
    return sentences


def _power(judged: Sequence[Cell], analysis: Analysis) -> list[str]:
    if not judged:
        return []
    seeds = sorted({len(cell.seeds) for cell in judged})
    widths = sorted(100 * c.delta.half_width for c in judged if c.delta is not None)
    number = " or ".join(map(str, seeds)) + (" seed" if seeds == [1] else " seeds")
    sentence = (
        f"With {number} a difference is known to ±{widths[len(widths) // 2]:.1f} points "
        f"in the median comparison; harm matters "
        f"from {threshold(analysis.materiality)} on."
    )
    if seeds[0] < 5:
        sentence += " Fewer than five seeds are exploratory: trust the pattern, not one cell."
    return [sentence]


def _effect(cell: Cell) -> str:
    if cell.delta is None:
        raise ValueError(f"{method_name(cell.method)} on {cell.task} has no difference to tell")
    interval = f"{points(cell.delta.low)} to {points(cell.delta.high)}"
    return (
        f"{method_name(cell.method)} on {task_name(cell.task)} by "
        f"{points(cell.delta.estimate)} points (95 % interval {interval})"
    )


def _by_method(cells: Sequence[Cell]) -> str:
    counts = Counter(cell.method for cell in cells)
    return ", ".join(f"{method_name(method)} {n}" for method, n in sorted(counts.items()))


def _negative(cell: Cell) -> bool:
    return cell.verdict is not None and cell.verdict.negative


def _estimate(cell: Cell) -> float:
    return 0.0 if cell.delta is None else cell.delta.estimate
