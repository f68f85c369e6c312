"""Scores of a stress curve: the difference from source-only as a shift grows."""

import numpy as np
from jaxtyping import Float, Real


def aurc(
    levels: Real[np.ndarray, " levels"], delta: Real[np.ndarray, "*b levels"]
) -> Float[np.ndarray, "*b"]:
    """Area under a piecewise-linear curve of differences; on levels in [0, 1], their mean.

    Args:
        levels: Strength of the shift, rising; also a measured one, such as a total variation.
        delta: Difference at each level, in one or more curves.

    Raises:
        ValueError: If there are fewer than two levels, or they do not rise.
    """
    levels, delta = _curve(levels, delta)
    return np.asarray(((delta[..., :-1] + delta[..., 1:]) / 2) @ np.diff(levels))


def harm(
    levels: Real[np.ndarray, " levels"], delta: Real[np.ndarray, "*b levels"]
) -> Float[np.ndarray, "*b"]:
    """Area between zero and a piecewise-linear curve where it is below zero.

    Exact: a segment that crosses zero counts from its crossing on. The trapezoid of the clipped
    values would count such segments too much.

    Args:
        levels: Strength of the shift, rising.
        delta: Difference at each level, in one or more curves.

    Returns:
        A number that is at least 0, and 0 only for a curve that is nowhere below zero.

    Raises:
        ValueError: If there are fewer than two levels, or they do not rise.
    """
    levels, delta = _curve(levels, delta)
    left, right = delta[..., :-1], delta[..., 1:]
    below_left, below_right = np.maximum(-left, 0), np.maximum(-right, 0)
    crosses = (left < 0) != (right < 0)
    height = np.where(crosses, np.abs(left) + np.abs(right), 1.0)
    triangle = (below_left + below_right) ** 2 / (2 * height)  # one of the two is zero
    area = np.where(crosses, triangle, (below_left + below_right) / 2)
    return np.asarray(area @ np.diff(levels))


def break_even(
    levels: Real[np.ndarray, " levels"],
    delta: Real[np.ndarray, "*b levels"],
    *,
    materiality: float = 0.0,
) -> Float[np.ndarray, "*b"]:
    """First strength at which a piecewise-linear curve falls below minus the materiality.

    Args:
        levels: Strength of the shift, rising.
        delta: Difference at each level, in one or more curves.
        materiality: Smallest loss that matters, in the unit of ``delta``; at least 0.

    Returns:
        The strength; infinity for a curve that never falls so low.

    Raises:
        ValueError: If there are fewer than two levels, they do not rise, or materiality is
            negative.
    """
    if materiality < 0:
        raise ValueError(f"materiality is at least 0; got {materiality}")
    levels, delta = _curve(levels, delta)
    above = delta + materiality
    first = np.argmax(above < 0, axis=-1)
    before = np.maximum(first - 1, 0)
    high, low = (np.take_along_axis(above, i[..., None], -1)[..., 0] for i in (before, first))
    # From the level before to the first below; a curve that starts below has no level before.
    drop = np.where(high > low, high - low, 1.0)
    crossing = levels[before] + (levels[first] - levels[before]) * high / drop
    return np.where((above < 0).any(-1), crossing, np.inf)


def worst(delta: Real[np.ndarray, "*b levels"]) -> Float[np.ndarray, "*b"]:
    """Lowest difference at any level."""
    return np.asarray(np.min(np.asarray(delta, np.float64), axis=-1))


def relative_curve(
    delta: Real[np.ndarray, "*b levels"],
    source_only: Real[np.ndarray, "*b levels"],
    *,
    chance: float,
) -> Float[np.ndarray, "*b levels"]:
    """Differences as shares of what source-only knows beyond chance at the same level.

    A method can look robust because source-only itself collapses: there is little left to lose.

    Args:
        delta: Difference from source-only at each level, in one or more curves.
        source_only: Accuracy of source-only at each level.
        chance: Accuracy of guessing.

    Returns:
        Shares, -1 where adaptation fell to chance; NaN where source-only is not above chance.

    Raises:
        ValueError: If the two differ in their shape.
    """
    if np.shape(delta) != np.shape(source_only):
        raise ValueError(
            f"each level has a difference and an accuracy; got {np.shape(delta)[-1]} and "
            f"{np.shape(source_only)[-1]}"
        )
    known = np.asarray(source_only, np.float64) - chance
    return np.divide(delta, known, out=np.full(known.shape, np.nan), where=known > 1e-12)


def _curve(
    levels: Real[np.ndarray, " levels"], delta: Real[np.ndarray, "*b levels"]
) -> tuple[Float[np.ndarray, " levels"], Float[np.ndarray, "*b levels"]]:
    levels, delta = np.asarray(levels, np.float64), np.asarray(delta, np.float64)
    if len(levels) < 2 or delta.shape[-1] != len(levels) or not np.all(np.diff(levels) > 0):
        raise ValueError(
            f"a curve has a difference at each of at least 2 rising levels; got levels "
            f"{levels.tolist()} and {delta.shape[-1]} differences"
        )
    return levels, delta
