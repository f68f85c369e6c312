"""The columns of the table of methods over a suite."""

from collections.abc import Callable, Mapping
from typing import Any

from da.benchmark.aggregate import Aggregate, Apart, Standing
from da.benchmark.selection import BASELINE
from da.benchmark.wording import method_name, percent, points, probability
from da.transfer import PercentileInterval, Rate

_Value = float | str | None

#: Columns: title, meaning, and what a standing sorts by and shows.
COLUMNS: tuple[tuple[str, str, Callable[[Standing], tuple[_Value, str]]], ...] = (
    ("method", "method", lambda s: (s.method, method_name(s.method))),
    (
        "accuracy",
        "mean over the tasks of target test accuracy, in percent",
        lambda s: (s.accuracy, _level(s)),
    ),
    (
        "Δ",
        "mean difference from source-only in points, with the 95 % interval for these tasks: seeds "
        "and test samples are drawn anew",
        lambda s: (s.gain, _with_bounds(s)),
    ),
    (
        "new targets",
        "95 % interval of the same mean for targets like these, which are drawn anew too; with few "
        "targets rather too narrow",
        lambda s: (_low(s), _bounds(s.delta.resampled) if s.delta else "–"),
    ),
    (
        "finds",
        "smallest mean difference, in points, that would be found on these tasks 4 times in 5",
        lambda s: (_detectable(s), percent(_detectable(s))),
    ),
    (
        "hurt",
        "tasks with a verdict of negative transfer, and the 95 % Clopper-Pearson interval of their "
        "share, in percent",
        lambda s: (s.rate.estimate if s.rate else None, rate(s.rate)),
    ),
    (
        "p",
        "exact Wilcoxon p-value across pairs of source and target, adjusted by Holm over the "
        "methods; not given below six pairs, which cannot reach .05",
        lambda s: (s.across.holm_p, probability(s.across.holm_p)) if s.across else (None, "–"),
    ),
    (
        "p by target",
        "the same test, unadjusted, of the means of the target domains: tasks with one target are "
        "not independent",
        lambda s: (s.across.target_p, probability(s.across.target_p)) if s.across else (None, "–"),
    ),
    (
        "harm / same / gain",
        "posterior probability, in percent, that differences across tasks lie mostly below, within "
        "and above the materiality (Bayesian signed-rank test)",
        lambda s: _posterior(s),
    ),
    (
        "rank",
        "average rank by accuracy within the tasks, 1 the best, what has target labels aside",
        lambda s: (s.rank, "–" if s.rank is None else f"{s.rank:.1f}"),
    ),
    (
        "score",
        "interquartile mean over runs of accuracy between chance, 0, and target-only, 100, with "
        "its 95 % interval where tasks have several runs",
        lambda s: _share(s.score),
    ),
    (
        "better",
        "probability, in percent, that a run beats one of source-only on the same task, with its "
        "95 % interval where tasks have several runs",
        lambda s: _share(s.improvement),
    ),
)


def scenario_column(name: str) -> Callable[[Standing], tuple[_Value, str]]:
    """Return what a standing sorts by and shows under one scenario."""
    return lambda standing: _apart(standing.apart.get(name))


def row(standing: Standing, aggregate: Aggregate) -> dict[str, Any]:
    """Return a row of the table on a page: what each column sorts by and shows."""
    shows = [show for _, _, show in COLUMNS] + [scenario_column(n) for n in aggregate.scenarios]
    entries = []
    for show in shows:
        value, text = show(standing)
        entries.append({"value": "" if value is None else value, "text": text})
    entries[0]["text"] = name(standing, aggregate)
    return {"best": standing.among_best, "kind": kind(standing), "entries": entries}


def kind(standing: Standing) -> str:
    """Return whether a method is the floor, a ceiling, which has target labels, or adapts."""
    if standing.adapts:
        return "adapts"
    return "floor" if standing.method == BASELINE else "ceiling"


def name(standing: Standing, aggregate: Aggregate) -> str:
    """Return the name of a method, and on how many tasks it has a number if not on all."""
    missing = standing.accuracy is not None and not standing.complete
    tasks = f" ({standing.tasks} of {len(aggregate.tasks)} tasks)"
    return method_name(standing.method) + tasks * missing


def titles(aggregate: Aggregate) -> list[tuple[str, str]]:
    """Return title and meaning of the columns, one for each scenario that is kept apart."""
    under: Mapping[str, tuple[str, ...]] = aggregate.scenarios
    return [(title, meaning) for title, meaning, _ in COLUMNS] + [
        (
            f"Δ {scenario.replace('_', ' ')}",
            f"the same difference on {len(tasks)} of the tasks, under this scenario; in brackets "
            "that of macro recall, and how many hurt",
        )
        for scenario, tasks in under.items()
    ]


def rate(value: Rate | None) -> str:
    """Return a rate of negative transfer with its interval."""
    if value is None:
        return "–"
    return f"{value.harmed} of {value.cells} [{100 * value.low:.0f}, {100 * value.high:.0f}]"


def _level(standing: Standing) -> str:
    if standing.accuracy is None:
        return "n/a"
    return percent(standing.accuracy) + "†" * bool(standing.failed)


def _with_bounds(standing: Standing) -> str:
    if standing.delta is None:
        return points(standing.gain)
    return f"{points(standing.gain)} {_bounds(standing.delta.fixed)}"


def _bounds(interval: PercentileInterval | None) -> str:
    return "–" if interval is None else f"[{points(interval.low)}, {points(interval.high)}]"


def _low(standing: Standing) -> float | None:
    resampled = None if standing.delta is None else standing.delta.resampled
    return None if resampled is None else resampled.low


def _detectable(standing: Standing) -> float | None:
    found = None if standing.resolution is None else standing.resolution.detectable
    return found if found is not None and found == found else None  # NaN if nothing varied


def _posterior(standing: Standing) -> tuple[_Value, str]:
    if standing.across is None or standing.across.posterior is None:
        return None, "–"
    posterior = standing.across.posterior
    return posterior.negative, " / ".join(f"{100 * share:.0f}" for share in posterior)


def _share(interval: PercentileInterval | None) -> tuple[_Value, str]:
    if interval is None:
        return None, "–"
    text = percent(interval.estimate)
    if interval.low < interval.high:
        text += f" [{percent(interval.low)}, {percent(interval.high)}]"
    return interval.estimate, text


def _apart(apart: Apart | None) -> tuple[_Value, str]:
    if apart is None or apart.delta is None:
        return None, "–"
    fixed = apart.delta.fixed
    text = f"{points(fixed.estimate)} {_bounds(fixed)}"
    if apart.rate is not None:
        text += f" (macro {points(apart.macro)}; {apart.rate.harmed} of {apart.rate.cells} hurt)"
    return fixed.estimate, text
