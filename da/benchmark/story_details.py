"""Sentences about other references, what an open comparison lacks, and samples and classes."""

from collections.abc import Sequence
from statistics import median

from da.benchmark.cells import Cell
from da.benchmark.details import gaining, losing
from da.benchmark.references import ADABN, CHANCE, labels_per_class, position
from da.benchmark.wording import (
    count,
    method_name,
    percent,
    points,
    probability,
    task_name,
    threshold,
)
from da.transfer import Verdict, growth_needed, seeds_needed


def references(cells: Sequence[Cell]) -> list[str]:
    """Tell how adapting compares with AdaBN, with a few target labels, and with chance."""
    sentences = []
    adabn = [cell for cell in cells if ADABN in cell.references]
    if adabn:
        sentences.append(
            "Compared with source-only whose batch normalization saw the target, adapting is "
            f"significantly {_better_and_worse(adabn, ADABN)}."
        )
    names = {name for cell in cells for name in cell.references}
    few = sorted((name for name in names if labels_per_class(name) is not None), key=position)
    for name in few:
        compared = [cell for cell in cells if name in cell.references]
        sentences.append(
            f"Compared with training on {count(labels_per_class(name) or 0, 'label')} of each "
            f"target class without the source, adapting is significantly "
            f"{_better_and_worse(compared, name)}."
        )
    lost = [cell for cell in cells if CHANCE in cell.references and not _above(cell, CHANCE)]
    if lost:
        sentences.append(
            f"Not significantly above always predicting the most frequent class: {_named(lost)}."
        )
    return sentences


def undecided(cells: Sequence[Cell], materiality: float) -> list[str]:
    """Tell how many comparisons are open, and what would close them."""
    open_ = [cell for cell in cells if cell.verdict is Verdict.INCONCLUSIVE]
    if not open_:
        return []
    sentence = f"In {count(len(open_), 'comparison')} the data cannot tell gain from harm"
    found = [cell.resolution.detectable for cell in open_ if cell.resolution is not None]
    sentence += (
        f": the median one would find a difference of {100 * median(found):.1f} points "
        "4 times in 5."
    )
    needs = _needs(open_, materiality)
    return [f"{sentence} {needs}" if needs else sentence]


def hidden(cells: Sequence[Cell]) -> list[str]:
    """Tell where classes lose behind an average that does not fall."""
    found = [cell for cell in cells if cell.hidden]
    if not found:
        return []
    cell = max(found, key=lambda cell: cell.hidden_harm or 0.0)
    if cell.pair is None or cell.pair.classwise.worst_class is None:
        raise ValueError(f"{method_name(cell.method)} on {cell.task} has no class to tell of")
    worst = cell.pair.classwise.worst_class
    change = next(c for c in cell.pair.classes if c.number == worst)
    return [
        f"Behind an average that does not fall, classes do: {count(len(found), 'comparison')} "
        f"{'hides' if len(found) == 1 else 'hide'} significant harm, most of all "
        f"{_name(cell)}, where class {cell.class_name(worst)} changes by "
        f"{points(change.shrunken)} points (p {_p(cell.pair.classwise.worst_p)}, corrected for "
        "being the worst of its classes)."
    ]


def classes(cells: Sequence[Cell]) -> list[str]:
    """Tell how many classes lose and gain."""
    pairs = [cell.pair for cell in cells if cell.pair is not None]
    tested = sum(c.adjusted_p is not None for pair in pairs for c in pair.classes)
    lost, gained = (sum(len(of(pair)) for pair in pairs) for of in (losing, gaining))
    if not lost + gained:
        return []
    return [
        f"Class by class, {lost} of {tested} recalls fall and {gained} rise; a tenth of these "
        "claims may be false."
    ]


def samples(cells: Sequence[Cell]) -> list[str]:
    """Tell of the gain that breaks most samples beyond what retraining breaks."""
    broken = [
        (cell.pair.harm.nfr.estimate, cell.pair.harm.churn, cell)
        for cell in cells
        if cell.verdict is Verdict.POS and cell.pair is not None and len(cell.pair.rows) > 1
    ]
    broken = [(lost, churn, cell) for lost, churn, cell in broken if lost > churn]
    if not broken:
        return []
    lost, churn, cell = max(broken, key=lambda entry: entry[0] - entry[1])
    return [
        f"A gain breaks samples too: {_name(cell)} gets {percent(lost)} % wrong that source-only "
        f"gets right, where to retrain source-only breaks {percent(churn)} %."
    ]


def _needs(cells: Sequence[Cell], materiality: float) -> str:
    """Return what it would take to find harm that matters."""
    known = [(c.pair, len(c.pair.rows)) for c in cells if c.pair and len(c.pair.rows) > 1]
    if materiality <= 0 or not known:
        return ""
    seeds, growth = [], []
    for pair, number in known:
        design = (pair.variance, number, len(pair.weights), materiality)
        enough = seeds_needed(*design)
        if enough is None:
            growth.append(growth_needed(*design))
        else:
            seeds.append(enough)
    parts = []
    if seeds:
        parts.append(f"{len(seeds)} would need {median(seeds):.0f} seeds{_median(seeds)}")
    if growth:
        parts.append(
            f"{len(growth)} would need {_two_digits(median(growth))} times as many seeds and as "
            f"many test samples{_median(growth)}, for more seeds alone would not do"
        )
    return f"To find {threshold(materiality)} as often, {'; '.join(parts)}."


def _median(needs: Sequence[float | int]) -> str:
    return " in the median" if len(needs) > 1 else ""


def _better_and_worse(cells: Sequence[Cell], name: str) -> str:
    better = sum(_above(cell, name) for cell in cells)
    worse = sum(cell.references[name].high < 0 for cell in cells)
    return f"better in {better} and worse in {worse} of {count(len(cells), 'comparison')}"


def _above(cell: Cell, name: str) -> bool:
    return cell.references[name].low > 0


def _named(cells: Sequence[Cell]) -> str:
    more = f" and {len(cells) - 6} more" if len(cells) > 6 else ""
    return ", ".join(map(_name, cells[:6])) + more


def _name(cell: Cell) -> str:
    return f"{method_name(cell.method)} on {task_name(cell.task)}"


def _p(value: float) -> str:
    text = probability(value)
    return text if text.startswith("<") else f"= {text}"


def _two_digits(value: float) -> str:
    """Return a number with two digits that count, never with an exponent."""
    return f"{float(f'{value:.2g}'):,g}"
