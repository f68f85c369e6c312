"""Golden values: curves by hand, and a fine grid."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jaxtyping import config
from scipy.integrate import trapezoid

from da.transfer import aurc, break_even, harm, relative_curve, worst

S = np.linspace(0, 1, 5)
FIRST, SECOND = np.array([4.0, 2, 0, -2, -6]), np.array([3.0, 1, -1, -3, -2])

curves = st.lists(st.integers(-5, 5), min_size=5, max_size=5).map(lambda v: np.array(v, float))


@pytest.mark.parametrize(
    ("delta", "area", "below", "zero", "one"),
    [(FIRST, -0.25, 1.25, 0.5, 0.625), (SECOND, -0.625, 1.1875, 0.375, 0.5)],
)
def test_two_curves(delta, area, below, zero, one):
    assert aurc(S, delta) == pytest.approx(area, abs=1e-12)
    assert harm(S, delta) == pytest.approx(below, abs=1e-12)
    assert break_even(S, delta) == pytest.approx(zero, abs=1e-12)
    assert break_even(S, delta, materiality=1.0) == pytest.approx(one, abs=1e-12)
    assert worst(delta) == delta.min()


def test_clipping_before_the_trapezoid_would_count_too_much():
    clipped = trapezoid(np.maximum(-SECOND, 0), S)
    assert clipped == pytest.approx(1.25)
    assert harm(S, SECOND) < clipped


@settings(derandomize=True, database=None, max_examples=100, deadline=None)
@given(curves)
def test_equals_a_fine_grid(delta):
    s = np.linspace(0, 1, 40_001)
    fine = np.interp(s, S, delta)
    assert harm(S, delta) == pytest.approx(trapezoid(np.maximum(-fine, 0), s), abs=1e-6)
    assert aurc(S, delta) == pytest.approx(trapezoid(fine, s), abs=1e-6)
    below = np.flatnonzero(fine < -1 - 1e-9)
    expected = s[below[0]] if len(below) else np.inf
    assert break_even(S, delta, materiality=1.0) == pytest.approx(expected, abs=1e-4)


@settings(derandomize=True, database=None, max_examples=50, deadline=None)
@given(curves)
def test_gain_minus_harm_is_the_area(delta):
    assert harm(S, -delta) - harm(S, delta) == pytest.approx(aurc(S, delta), abs=1e-12)


def test_curves_are_scored_together_as_one_by_one():
    both = np.stack([FIRST, SECOND])
    for score in (aurc, harm, break_even):
        np.testing.assert_array_equal(score(S, both), [score(S, FIRST), score(S, SECOND)])
    np.testing.assert_array_equal(worst(both), [-6, -3])


def test_a_curve_may_start_below_or_never_fall():
    assert break_even(S, -np.ones(5)) == 0
    assert break_even(S, np.ones(5)) == np.inf
    assert break_even(S, np.zeros(5)) == np.inf
    assert harm(S, np.ones(5)) == 0


def test_levels_may_be_measured():
    tv = np.array([0.0, 0.1, 0.4])
    delta = np.array([1.0, -1.0, -1.0])
    assert aurc(tv, delta) == pytest.approx(-0.3)
    assert harm(tv, delta) == pytest.approx(0.025 + 0.3)
    assert break_even(tv, delta) == pytest.approx(0.05)


def test_little_left_to_lose():
    shares = relative_curve(np.array([-0.04, -0.04, -0.04]), np.array([0.9, 0.2, 0.1]), chance=0.1)
    np.testing.assert_allclose(shares, [-0.05, -0.4, np.nan])


def test_bad_arguments_raise(monkeypatch):
    monkeypatch.setattr(config, "jaxtyping_disable", True)  # reach the check for users without
    for score in (aurc, harm, break_even):
        with pytest.raises(ValueError, match="at least 2 rising levels"):
            score(S[::-1], FIRST)
        with pytest.raises(ValueError, match="and 4 differences"):
            score(S, FIRST[1:])
    with pytest.raises(ValueError, match="materiality is at least 0; got -1"):
        break_even(S, FIRST, materiality=-1.0)
    with pytest.raises(ValueError, match="got 3 and 2"):
        relative_curve(np.zeros(3), np.ones(2), chance=0.1)
