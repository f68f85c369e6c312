"""Methods over a suite, in plain sentences."""

import numpy as np

from da.benchmark.aggregate import Aggregate, Ranking, Standing
from da.benchmark.aggregation_tables import over
from da.benchmark.wording import count, method_name, percent, points, probability, threshold
from da.transfer import SuiteMean, harm_profile


def story(aggregate: Aggregate) -> list[str]:
    """Tell what holds over the suite: gains and harm, how often, and what could be told.

    Returns:
        Up to four entries of a sentence or two, all derived from the standings.
    """
    compared = [s for s in aggregate.adapting if s.complete and s.delta is not None]
    if not compared:
        return ["No method has been compared with source-only on every task yet."]
    return [
        *_means(aggregate, compared),
        " ".join([*_harm(aggregate), *_apart(aggregate)]),
        *_ranks(aggregate.ranking),
        *_resolution(compared),
    ]


def _means(aggregate: Aggregate, compared: list[Standing]) -> list[str]:
    best, worst = compared[0], compared[-1]
    gained = [s for s in compared if s.delta and s.delta.fixed.low > 0]
    lost = [s for s in compared if s.delta and s.delta.fixed.high < 0]
    text = (
        f"Over {over(aggregate)}, {len(gained)} of {count(len(compared), 'method')} "
        f"{'gains' if len(gained) == 1 else 'gain'} on average and {len(lost)} "
        f"{'loses' if len(lost) == 1 else 'lose'}; "
        f"{'the' if len(compared) == 1 else 'the highest'} mean difference from source-only is "
        f"that of {_effect(best)}"
    )
    if worst is not best:
        text += f", the lowest that of {_effect(worst)}"
    return [text + "."]


def _effect(standing: Standing) -> str:
    delta = standing.delta
    if delta is None:
        raise ValueError(f"{method_name(standing.method)} has no mean difference to tell")
    return (
        f"{method_name(standing.method)}, {points(delta.fixed.estimate)} points ({_bounds(delta)})"
    )


def _bounds(delta: SuiteMean) -> str:
    text = f"95 % interval {points(delta.fixed.low)} to {points(delta.fixed.high)}"
    if delta.resampled is not None:
        new = f"{points(delta.resampled.low)} to {points(delta.resampled.high)}"
        text += f", for other targets like these {new}"
    return text


def _harm(aggregate: Aggregate) -> list[str]:
    """Tell how many runs lost, by the method that does so most and least often."""
    runs = [s for s in aggregate.adapting if s.complete and s.runs]
    if not runs:
        return []
    shares = {s.method: lost(s.runs, aggregate.materiality) for s in runs}
    gains = {s.method: s.gain or 0.0 for s in runs}
    order = sorted(shares, key=lambda method: (shares[method], -gains[method], method))
    most, least = order[-1], order[0]
    text = (
        f"Of the runs of {method_name(most)}, {100 * shares[most]:.0f} % lose more than "
        f"{threshold(aggregate.materiality)} against source-only of the same seed"
    )
    if most != least:
        text += f"; of those of {method_name(least)}, {100 * shares[least]:.0f} %"
    return [text + "."]


def lost(runs: tuple[float, ...], materiality: float) -> float:
    """Return the share of runs that lost more than the materiality."""
    # A loss of exactly the materiality is not beyond it, whatever rounding says
    return float(harm_profile(np.array(runs), np.array([materiality + 1e-12]))[0])


def _apart(aggregate: Aggregate) -> list[str]:
    sentences = []
    for scenario, tasks in aggregate.scenarios.items():
        under = {
            s.method: s.apart[scenario].delta
            for s in aggregate.adapting
            if s.complete and s.apart[scenario].delta is not None
        }
        below = [method for method, delta in under.items() if delta and delta.fixed.high < 0]
        above = [method for method, delta in under.items() if delta and delta.fixed.low > 0]
        if under:
            sentences.append(
                f"{scenario.replace('_', ' ')} ({count(len(tasks), 'task')}): {len(below)} of "
                f"{len(under)} lose on average and {len(above)} gain"
            )
    return [f"Kept apart: {'; '.join(sentences)}."] if sentences else []


def _ranks(ranking: Ranking | None) -> list[str]:
    if ranking is None:
        return []
    methods = len(ranking.ranks)
    comparisons, pairs = methods * (methods - 1) // 2, count(ranking.pairs, "pair")
    friedman = ""
    if ranking.friedman is not None:
        friedman = f" (Friedman test that all rank alike: p {_p(ranking.friedman.f_p)})"
    if ranking.lowest_p > 0.05:
        return [
            f"With {count(methods, 'method')} on {pairs} of source and target nothing separates "
            f"one method from another across tasks, whatever the numbers{friedman}: that takes "
            "more tasks."
        ]
    return [
        f"Across {pairs} of source and target, {len(ranking.separated)} of "
        f"{count(comparisons, 'comparison')} between methods "
        f"{'is' if len(ranking.separated) == 1 else 'are'} significant after Holm's correction"
        f"{friedman}."
    ]


def _p(value: float) -> str:
    text = probability(value)
    return text if text.startswith("<") else f"= {text}"


def _resolution(compared: list[Standing]) -> list[str]:
    found = [s.resolution for s in compared if s.resolution is not None]
    widths = sorted(r.half_width for r in found)
    detectable = sorted(r.detectable for r in found if r.detectable == r.detectable)
    if not detectable:
        return []
    middle = detectable[len(detectable) // 2]
    return [
        f"A mean over these tasks is known to ±{percent(widths[len(widths) // 2])} points in the "
        f"median method, and a true difference of {percent(middle)} points would be found 4 times "
        "in 5."
    ]
