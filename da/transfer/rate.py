"""How often a method hurts."""

from collections.abc import Sequence
from typing import NamedTuple

from scipy import stats

from da.transfer.verdict import Verdict


class Rate(NamedTuple):
    """A share of cells with its confidence interval."""

    estimate: float
    low: float
    high: float
    harmed: int
    cells: int


def clopper_pearson(k: int, n: int, level: float = 0.95) -> tuple[float, float]:
    """Exact two-sided confidence interval of a proportion.

    Clopper & Pearson, *The Use of Confidence or Fiducial Limits Illustrated in the Case of the
    Binomial*, Biometrika 1934. https://doi.org/10.1093/biomet/26.4.404

    For a one-sided 95% bound take one end of the interval at level 0.90.

    Args:
        k: Successes.
        n: Independent trials.
        level: Confidence level, in (0, 1).

    Raises:
        ValueError: If not ``0 <= k <= n`` with n at least 1, or the level is outside (0, 1).
    """
    if not 0 <= k <= n or n < 1 or not 0 < level < 1:
        raise ValueError(
            f"a proportion has 0 <= k <= n, n >= 1 and a level in (0, 1); got k={k}, n={n}, "
            f"level={level}"
        )
    tail = (1 - level) / 2
    low = float(stats.beta.ppf(tail, k, n - k + 1)) if k > 0 else 0.0
    high = float(stats.beta.ppf(1 - tail, k + 1, n - k)) if k < n else 1.0
    return low, high


def negative_transfer_rate(verdicts: Sequence[Verdict], *, level: float = 0.95) -> Rate:
    """Share of a method's cells with a verdict of negative transfer.

    Not the share of negative estimates, which is one half for a method that does nothing. The
    interval takes cells as independent; cells that share a target domain are less than that.

    Args:
        verdicts: One verdict per cell; at least one.
        level: Confidence level of the Clopper-Pearson interval, in (0, 1).

    Raises:
        ValueError: If there are no verdicts.
    """
    if not verdicts:
        raise ValueError("a rate of negative transfer needs at least 1 verdict; got none")
    harmed = sum(v.negative for v in verdicts)
    low, high = clopper_pearson(harmed, len(verdicts), level)
    return Rate(harmed / len(verdicts), low, high, harmed, len(verdicts))
