"""Is a published number met again? Means over runs, compared with what is known of both."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

import numpy as np
from scipy import stats

#: Runs behind a published mean whose number is not stated, by which its spread is turned into an
#: interval: what papers with digits and Office most often report.
ASSUMED_RUNS = 3


@dataclass(frozen=True)
class RunMean:
    """A mean over runs, a fraction.

    Attributes:
        estimate: The mean.
        error: Its standard error; None where one run, or no spread, says nothing of others.
        df: Degrees of freedom of the error; 0 without one.
    """

    estimate: float
    error: float | None = None
    df: float = 0.0

    @property
    def half_width(self) -> float | None:
        """Half the 95 % t interval, or None where nothing is known of other runs."""
        return None if self.error is None else float(self.error * stats.t.ppf(0.975, self.df))


class Replication(str, Enum):
    """What a comparison with a published number may say."""

    REPRODUCED = "reproduced"
    ABOVE = "above"
    BELOW = "below"


@dataclass(frozen=True)
class Compared:
    """A number of ours beside a published one.

    Attributes:
        difference: Ours minus published.
        margin: How far apart they may be and still count as the same.
        verdict: Whether they are.
    """

    difference: float
    margin: float
    verdict: Replication


def mean_of_runs(values: Sequence[float]) -> RunMean:
    """Return the mean of runs that differ by all that their authors drew anew.

    Raises:
        ValueError: If there is no run.
    """
    if not values:
        raise ValueError("a mean over runs needs at least one run; got none")
    estimate = float(np.mean(values))
    if len(values) == 1:
        return RunMean(estimate)
    return RunMean(estimate, float(stats.sem(values)), len(values) - 1.0)


def mean_from_spread(estimate: float, spread: float | None, runs: int | None) -> RunMean:
    """Return a published mean with the standard error that its spread amounts to.

    Args:
        estimate: The mean, a fraction.
        spread: Standard deviation over runs; None if it is not given.
        runs: Number of runs; None if it is not stated: :data:`ASSUMED_RUNS`.
    """
    runs = runs or ASSUMED_RUNS
    if spread is None or runs < 2:
        return RunMean(estimate)
    return RunMean(estimate, spread / math.sqrt(runs), runs - 1.0)


def mean_of_means(means: Sequence[RunMean]) -> RunMean:
    """Return the mean over tasks, whose runs are independent.

    Its error is known only if that of every task is. Degrees of freedom: Welch, *The Generalization
    of "Student's" Problem when Several Different Population Variances are Involved*, Biometrika
    1947. https://doi.org/10.2307/2332510

    Raises:
        ValueError: If there is no task.
    """
    if not means:
        raise ValueError("a mean over tasks needs at least one task; got none")
    estimate = float(np.mean([m.estimate for m in means]))
    variances = np.array([m.error**2 for m in means if m.error is not None])
    if len(variances) < len(means):
        return RunMean(estimate)
    error = float(np.sqrt(variances.sum())) / len(means)
    df = np.array([m.df for m in means])
    spent = float((variances**2 / df).sum())
    return RunMean(estimate, error, float(variances.sum() ** 2 / spent) if spent else df.sum())


def compare(ours: RunMean, published: RunMean, tolerance: float = 0.01) -> Compared:
    """Judge whether two means over runs differ by more than both can know.

    They count as the same within the root of the sum of their squared half intervals, and within
    the tolerance in any case: one run says nothing of others, and a difference of a point is what
    another order of sums can make.

    Args:
        ours: The mean over our runs.
        published: The mean over theirs.
        tolerance: Difference that does not matter, declared before running.
    """
    joint = math.hypot(ours.half_width or 0.0, published.half_width or 0.0)
    difference, margin = ours.estimate - published.estimate, max(tolerance, joint)
    if abs(difference) <= margin:
        return Compared(difference, margin, Replication.REPRODUCED)
    verdict = Replication.ABOVE if difference > 0 else Replication.BELOW
    return Compared(difference, margin, verdict)
