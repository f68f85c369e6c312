"""Tests of paired differences, and corrections for testing many of them."""

import numpy as np
from jaxtyping import Float, Real
from scipy import stats

_MAX_SIGN_FLIP = 20


def mcnemar(b: int, c: int, *, mid: bool = False) -> float:
    """Exact two-sided p-value that two trained models err equally often.

    McNemar, *Note on the Sampling Error of the Difference Between Correlated Proportions or
    Percentages*, Psychometrika 1947. https://doi.org/10.1007/BF02295996
    Fagerland, Lydersen & Laake, *The McNemar Test for Binary Matched-Pairs Data: Mid-p and
    Asymptotic Are Better Than Exact Conditional*, BMC Med. Res. Methodol. 2013.
    https://doi.org/10.1186/1471-2288-13-91

    It speaks about two trained models on one test set, not about two algorithms (Dietterich,
    *Approximate Statistical Tests for Comparing Supervised Classification Learning Algorithms*,
    Neural Computation 1998).

    Args:
        b: Items that only the first model gets right.
        c: Items that only the second model gets right.
        mid: Count the observed table by half: less conservative, and no longer exact.

    Returns:
        A p-value; 1 if the models never disagree.

    Raises:
        ValueError: If a count is negative.
    """
    if min(b, c) < 0:
        raise ValueError(f"counts of discordant items are at least 0; got b={b}, c={c}")
    fewer, total = min(b, c), b + c
    p = 2 * stats.binom.cdf(fewer, total, 0.5)
    if mid:
        p -= stats.binom.pmf(fewer, total, 0.5)
    return min(1.0, float(p))


def sign_flip(differences: Real[np.ndarray, " n"]) -> float:
    """Exact two-sided p-value that paired differences are symmetric about zero.

    Fisher, *The Design of Experiments*, 1935, Sec. 21. All 2**n sign patterns are counted, so the
    p-value is never below ``2 / 2**n``: with five seeds it cannot reach .05.

    Args:
        differences: One difference per seed or task; at most 20.

    Raises:
        ValueError: If there are no differences, more than 20, or one that is not finite.
    """
    differences = np.asarray(differences, dtype=np.float64)
    if not 1 <= differences.size <= _MAX_SIGN_FLIP or not np.isfinite(differences).all():
        raise ValueError(
            f"the sign-flip test takes 1 to {_MAX_SIGN_FLIP} finite differences; "
            f"got {differences.size}"
        )
    sums = np.zeros(1)
    for value in differences:
        sums = np.concatenate([sums + value, sums - value])
    # Equal sums can differ in the last bit when added in another order.
    tolerance = 1e-12 * np.abs(differences).sum()
    return float(np.mean(np.abs(sums) >= abs(differences.sum()) - tolerance))


def holm(p: Real[np.ndarray, " n"]) -> Float[np.ndarray, " n"]:
    """Adjust p-values so that the chance of any false claim in the family stays bounded.

    Holm, *A Simple Sequentially Rejective Multiple Test Procedure*, Scand. J. Statist. 1979.
    https://www.jstor.org/stable/4615733

    Args:
        p: The p-values of one family, such as all cells of one published table.

    Returns:
        Adjusted p-values in the order given: claim those at or below the error rate.

    Raises:
        ValueError: If a value is outside [0, 1] or NaN.
    """
    p = _p_values(p)
    order = np.argsort(p, kind="stable")
    steps = np.maximum.accumulate(p[order] * np.arange(len(p), 0, -1))
    adjusted = np.empty_like(p)
    adjusted[order] = np.minimum(steps, 1)
    return adjusted


def benjamini_hochberg(p: Real[np.ndarray, " n"]) -> Float[np.ndarray, " n"]:
    """Adjust p-values so that the expected share of false claims stays bounded: to explore.

    Benjamini & Hochberg, *Controlling the False Discovery Rate*, JRSS B 1995.
    https://doi.org/10.1111/j.2517-6161.1995.tb02031.x

    Args:
        p: The p-values of one family, independent or positively dependent.

    Returns:
        Adjusted p-values in the order given: claim those at or below the tolerated share.

    Raises:
        ValueError: If a value is outside [0, 1] or NaN.
    """
    p = _p_values(p)
    order = np.argsort(p, kind="stable")[::-1]
    steps = np.minimum.accumulate(p[order] * len(p) / np.arange(len(p), 0, -1))
    adjusted = np.empty_like(p)
    adjusted[order] = np.minimum(steps, 1)
    return adjusted


def _p_values(p: Real[np.ndarray, " n"]) -> np.ndarray:
    p = np.asarray(p, dtype=np.float64)
    if not np.all((p >= 0) & (p <= 1)):
        raise ValueError(
            f"p-values are in [0, 1]; got {p[~((p >= 0) & (p <= 1))][0]}, so leave cells without a "
            f"test out of the family"
        )
    return p
