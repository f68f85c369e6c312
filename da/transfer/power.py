"""What a design can resolve: planned from seeds and tasks, or achieved by an interval."""

from typing import NamedTuple

from scipy import integrate, optimize, stats

from da.transfer.paired import Interval


class Resolution(NamedTuple):
    """What an interval could have shown, in the unit of its estimate.

    Attributes:
        half_width: Half the length of the interval.
        detectable: Smallest true difference that would be found with the given power.
    """

    half_width: float
    detectable: float


def planned_half_width(seeds: int, *, tasks: int = 1, level: float = 0.95) -> float:
    """Half-width of a t interval for paired differences, in standard deviations over seeds.

    Args:
        seeds: Seeds per task.
        tasks: Tasks whose means are averaged, with one common standard deviation.
        level: Confidence level, in (0, 1).

    Raises:
        ValueError: If there are fewer than two seeds, no task, or the level is outside (0, 1).
    """
    _check(seeds, tasks, level)
    critical = stats.t.ppf((1 + level) / 2, tasks * (seeds - 1))
    return float(critical / (tasks * seeds) ** 0.5)


def planned_detectable(
    seeds: int, *, tasks: int = 1, power: float = 0.8, level: float = 0.95
) -> float:
    """Smallest difference that a paired t test finds, in standard deviations over seeds.

    Cohen, *Statistical Power Analysis for the Behavioral Sciences*, 2nd ed. 1988, Ch. 2.

    Args:
        seeds: Seeds per task.
        tasks: Tasks whose means are averaged, with one common standard deviation.
        power: Probability of finding it, between ``1 - level`` and 1.
        level: One minus the two-sided error rate, in (0, 1).

    Raises:
        ValueError: If there are fewer than two seeds, no task, or a rate is out of range.
    """
    _check(seeds, tasks, level)
    df = float(tasks * (seeds - 1))
    return noncentrality(df, power, level) / (tasks * seeds) ** 0.5


def resolution(interval: Interval, *, power: float = 0.8, level: float = 0.95) -> Resolution:
    """Return what the design behind an interval could resolve.

    It is not the power against the estimate itself, which only restates the p-value (Hoenig &
    Heisey, *The Abuse of Power*, Am. Statist. 2001, https://doi.org/10.1198/000313001300339897).

    Args:
        interval: A two-sided t interval.
        power: Probability of finding the smallest detectable difference, from ``1 - level`` to 1.
        level: Confidence level of the interval, in (0, 1).

    Returns:
        NaN for what is detectable if the interval has no width: nothing varied, which tells
        nothing about how it varies.

    Raises:
        ValueError: If a rate is out of range.
    """
    if not interval.half_width > 0:
        return Resolution(interval.half_width, float("nan"))
    error = interval.half_width / float(stats.t.ppf((1 + level) / 2, interval.df))
    return Resolution(interval.half_width, error * noncentrality(interval.df, power, level))


def paired_standard_error(disagreement: float, delta: float, items: int) -> float:
    """Standard error, from the test items alone, of the difference of two paired accuracies.

    Args:
        disagreement: Share of items that only one of two models gets right, in [0, 1].
        delta: Difference of the accuracies, at most the disagreement in size.
        items: Number of test items.

    Raises:
        ValueError: If there is no item, or the difference exceeds the disagreement.
    """
    if items < 1 or not abs(delta) <= disagreement <= 1:
        raise ValueError(
            f"a paired difference has |delta| <= disagreement <= 1 and at least 1 item; got "
            f"delta={delta}, disagreement={disagreement}, items={items}"
        )
    return float(((disagreement - delta**2) / items) ** 0.5)


def selection_inflation(candidates: int) -> float:
    """Expected best of equal candidates, in standard deviations above their common mean.

    This is what choosing by test accuracy gains for nothing, so that numbers of methods with
    different numbers of candidates cannot be compared. Normally distributed, independent.

    Args:
        candidates: Number of candidates that are chosen from.

    Raises:
        ValueError: If there is no candidate.
    """
    if candidates < 1:
        raise ValueError(f"a choice has at least 1 candidate; got {candidates}")

    def density(x: float) -> float:
        return candidates * x * float(stats.norm.pdf(x) * stats.norm.cdf(x) ** (candidates - 1))

    return float(integrate.quad(density, -12, 12, points=(0.0, 3.0), epsabs=1e-11)[0])


def _check(seeds: int, tasks: int, level: float) -> None:
    if seeds < 2 or tasks < 1 or not 0 < level < 1:
        raise ValueError(
            f"a design has at least 2 seeds and 1 task, and a level in (0, 1); got seeds={seeds}, "
            f"tasks={tasks}, level={level}"
        )


def noncentrality(df: float, power: float, level: float) -> float:
    """Return the difference in standard errors that is found, with its sign, with that power."""
    if not 0 < 1 - level < power < 1:
        raise ValueError(
            f"power is between 1 - level and 1, and level between 0 and 1; got power={power}, "
            f"level={level}"
        )
    critical = stats.t.ppf((1 + level) / 2, df)

    def missing(shift: float) -> float:
        return float(stats.nct.sf(critical, df, shift) - power)

    highest = 4.0 + critical
    while missing(highest) < 0:
        highest *= 2
    return float(optimize.brentq(missing, 0, highest, xtol=1e-12))
