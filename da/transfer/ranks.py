"""Do methods differ at all, over many tasks? By their ranks within each task."""

from typing import NamedTuple

import numpy as np
from jaxtyping import Float, Real
from scipy import stats


class Friedman(NamedTuple):
    """Tests that all methods rank alike.

    Attributes:
        chi2: Friedman's statistic, with ties corrected for.
        p: Its p-value, from a chi-squared distribution; conservative.
        f: Iman and Davenport's statistic; infinite if all tasks agree on the whole order.
        f_p: Its p-value, from an F distribution.
    """

    chi2: float
    p: float
    f: float
    f_p: float


def average_ranks(scores: Real[np.ndarray, "tasks methods"]) -> Float[np.ndarray, " methods"]:
    """Mean over tasks of the rank of each method; 1 is the best, ties share their mean rank.

    Args:
        scores: Mean over seeds of each method on each task; higher is better.

    Raises:
        ValueError: If there is no task, fewer than two methods, or a score is not finite.
    """
    return np.asarray(stats.rankdata(-_scores(scores), axis=1).mean(0))


def friedman(scores: Real[np.ndarray, "tasks methods"]) -> Friedman:
    """Friedman test, and the less conservative one of Iman and Davenport.

    Friedman, *The Use of Ranks to Avoid the Assumption of Normality*, JASA 1937.
    https://doi.org/10.1080/01621459.1937.10503522
    Iman & Davenport, *Approximations of the Critical Region of the Friedman Statistic*, Comm.
    Statist. 1980. https://doi.org/10.1080/03610928008827904

    Tasks count as independent; those that share a domain are less than that.

    Args:
        scores: Mean over seeds of each method on each task; higher is better.

    Raises:
        ValueError: If there are fewer than two tasks, fewer than three methods, or a score is not
            finite.
    """
    scores = _scores(scores)
    tasks, methods = scores.shape
    if tasks < 2 or methods < 3:
        raise ValueError(
            f"the Friedman test compares at least 3 methods on at least 2 tasks; got {methods} "
            f"methods on {tasks} tasks"
        )
    if np.all(scores == scores[:, :1]):  # ties throughout: nothing to test, 0 / 0 in the statistic
        return Friedman(0.0, 1.0, 0.0, 1.0)
    chi2, p = map(float, stats.friedmanchisquare(*scores.T))
    left = tasks * (methods - 1) - chi2
    if left <= 1e-9:
        return Friedman(chi2, p, float("inf"), 0.0)
    f = (tasks - 1) * chi2 / left
    return Friedman(chi2, p, f, float(stats.f.sf(f, methods - 1, (methods - 1) * (tasks - 1))))


def nemenyi(methods: int, tasks: int, *, alpha: float = 0.05) -> float:
    """Critical difference of average ranks, for a diagram.

    Demšar, *Statistical Comparisons of Classifiers over Multiple Data Sets*, JMLR 2006, Sec. 3.2.2.
    https://jmlr.org/papers/v7/demsar06a.html

    Whether two methods differ then depends on which others are in the table (Benavoli, Corani &
    Mangili, *Should We Really Use Post-Hoc Tests Based on Mean-Ranks?*, JMLR 2016): for claims
    use :func:`~da.transfer.pairwise`.

    Args:
        methods: Number of methods, at least 2.
        tasks: Number of tasks, at least 1.
        alpha: Error rate of the family of all pairs, in (0, 1).

    Returns:
        Difference of average ranks; beyond ``methods - 1`` nothing can ever be separated.

    Raises:
        ValueError: If a number is out of range.
    """
    if methods < 2 or tasks < 1 or not 0 < alpha < 1:
        raise ValueError(
            f"a critical difference needs at least 2 methods and 1 task, and alpha in (0, 1); got "
            f"methods={methods}, tasks={tasks}, alpha={alpha}"
        )
    q = float(stats.studentized_range.ppf(1 - alpha, methods, np.inf)) / 2**0.5
    return float(q * (methods * (methods + 1) / (6 * tasks)) ** 0.5)


def _scores(scores: Real[np.ndarray, "tasks methods"]) -> Float[np.ndarray, "tasks methods"]:
    scores = np.asarray(scores, np.float64)
    if scores.ndim != 2 or len(scores) < 1 or scores.shape[1] < 2 or not np.isfinite(scores).all():
        raise ValueError(
            f"ranks need finite scores of at least 2 methods on at least 1 task; got shape "
            f"{scores.shape}{'' if np.isfinite(scores).all() else ' with NaN or infinity'}"
        )
    return scores
