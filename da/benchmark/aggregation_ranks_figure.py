"""The critical-difference diagram."""

from collections.abc import Mapping, Sequence

from matplotlib import rc_context
from matplotlib.figure import Figure

from da.benchmark.aggregate import Aggregate, Ranking
from da.benchmark.figures import FAINT, INK, STYLE
from da.benchmark.selection import BASELINE
from da.benchmark.wording import count, method_name

_MOST = 24  # names that a diagram holds
_BEST, _WORST = 14, 5  # of more methods, those shown besides source-only


@rc_context(STYLE)
def rank_diagram(aggregate: Aggregate) -> Figure | None:
    """Draw average ranks, with bars over methods that Nemenyi's test does not separate.

    Demšar, *Statistical Comparisons of Classifiers over Multiple Data Sets*, JMLR 2006, Fig. 1.
    https://jmlr.org/papers/v7/demsar06a.html

    Returns:
        None with fewer than two pairs of source and target or three methods.
    """
    ranking = aggregate.ranking
    if ranking is None or ranking.pairs < 2 or len(ranking.ranks) < 3:
        return None
    shown = shown_methods(list(ranking.ranks))
    ranks = {method: ranking.ranks[method] for method in shown}
    bars = cliques(ranks, ranking.critical_difference)
    methods, half = len(ranking.ranks), (len(shown) + 1) // 2
    below = 0.5 + 0.34 * len(bars)
    figure = Figure(figsize=(11.4, 1.3 + 0.26 * (half + len(bars))), layout="constrained")
    axes = figure.subplots()
    axes.plot([1, methods], [0, 0], color=INK, linewidth=1.2)
    for tick in _ticks(methods):
        axes.plot([tick, tick], [0, 0.22], color=INK, linewidth=1.0)
        axes.text(tick, 0.35, str(tick), ha="center", va="bottom", fontsize=9)
    for i, (first, last) in enumerate(bars):
        y = -0.35 - 0.34 * i
        axes.plot([first, last], [y, y], color=INK, linewidth=3.2, solid_capstyle="round")
    margin = 0.03 * (methods - 1)
    for i, method in enumerate(shown):
        left, rank = i < half, ranks[method]
        y = -below - 0.6 * (i if left else len(shown) - 1 - i)
        edge, side = (1 - margin, "right") if left else (methods + margin, "left")
        axes.plot([rank, rank, edge], [0, y, y], color=FAINT, linewidth=0.9)
        axes.plot(rank, 0, "o", color=INK, markersize=3.5)
        x, text = edge + (-0.3 if left else 0.3) * margin, f"{method_name(method)}  {rank:.2f}"
        weight = "bold" if method == BASELINE else "normal"
        axes.text(x, y, text, ha=side, va="center", fontsize=9, fontweight=weight)
    axes.set_title(_title(ranking, len(shown)), fontsize=9.5, fontweight="normal", pad=2)
    axes.set_xlim(1 - 12 * margin, methods + 12 * margin)
    axes.set_ylim(-below - 0.6 * half, 1.1)
    axes.set_axis_off()
    return figure


def shown_methods(ordered: Sequence[str]) -> list[str]:
    """Return the methods that a diagram names: all if they fit, else both ends and source-only."""
    if len(ordered) <= _MOST:
        return list(ordered)
    ends = {*ordered[:_BEST], *ordered[-_WORST:], BASELINE}
    return [method for method in ordered if method in ends]


def cliques(ranks: Mapping[str, float], difference: float) -> list[tuple[float, float]]:
    """Return first and last rank of each largest group within a critical difference.

    Args:
        ranks: Average rank of each method, ascending.
        difference: The critical difference; ranks that far apart are still in one group.
    """
    values = list(ranks.values())
    reach = [max(j for j, v in enumerate(values) if v - low <= difference) for low in values]
    starts = [i for i, last in enumerate(reach) if last > i and (i == 0 or reach[i - 1] < last)]
    return [(values[i], values[reach[i]]) for i in starts]


def _ticks(methods: int) -> list[int]:
    step = max(1, round(methods / 12))
    return [1, *(t for t in range(1 + step, methods - step // 2, step)), methods]


def _title(ranking: Ranking, shown: int) -> str:
    methods, critical = len(ranking.ranks), ranking.critical_difference
    text = (
        f"average rank by accuracy within {count(ranking.pairs, 'pair')} of source and target; "
        f"critical difference {critical:.2f}"
    )
    spread = max(ranking.ranks.values()) - min(ranking.ranks.values())
    if critical >= methods - 1:
        text += ": more than ranks can differ, so nothing can separate"
    elif spread <= critical:
        text += ": nothing separates"
    if shown < methods:
        text += f"\nof {methods} methods the {_BEST} best, the {_WORST} worst, and source only"
    return text
