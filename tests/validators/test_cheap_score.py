"""Agreement with the validators of which it is the form for stored numbers."""

import math

import numpy as np
import pytest

from da.validators import cheap_score, information_maximization, prior_matching, summarize

from .examples import LOGITS, source, target

MEAN, MEAN_ENTROPY, _ = summarize(LOGITS)
UNIFORM = np.full(3, 1 / 3)


def test_is_information_maximization_for_like_priors():
    near = UNIFORM + np.array([0.14, -0.07, -0.07])
    expected = information_maximization(source(), target(LOGITS)).value
    assert cheap_score(MEAN, MEAN_ENTROPY, UNIFORM, UNIFORM) == pytest.approx(expected)
    assert cheap_score(MEAN, MEAN_ENTROPY, near, UNIFORM) == pytest.approx(expected)


def test_matches_the_prior_where_it_shifted():
    far = UNIFORM + np.array([0.16, -0.08, -0.08])
    expected = prior_matching(source(), target(LOGITS), prior=far).value
    assert cheap_score(MEAN, MEAN_ENTROPY, far, UNIFORM) == pytest.approx(expected)
    golden = cheap_score(MEAN, MEAN_ENTROPY, np.array([0.2, 0.4, 0.4]), np.array([1.0, 0, 0]))
    assert golden * math.log(3) == pytest.approx(-0.7538294788, abs=1e-9)


def test_tolerance_decides():
    far = UNIFORM + np.array([0.16, -0.08, -0.08])
    wide = cheap_score(MEAN, MEAN_ENTROPY, far, UNIFORM, tolerance=0.2)
    assert wide == cheap_score(MEAN, MEAN_ENTROPY, UNIFORM, UNIFORM)


def test_a_shift_of_exactly_the_tolerance_is_none_whatever_the_rounding():
    mean, even = np.array([0.7, 0.3]), np.array([0.5, 0.5])
    shifted = np.array([0.65, 0.35])
    assert np.abs(shifted - even).sum() / 2 > 0.15
    assert cheap_score(mean, 0.2, shifted, even) == cheap_score(mean, 0.2, even, even)


def test_what_is_not_finite_is_nan():
    bad = np.array([np.nan, 0.5, 0.5])
    assert math.isnan(cheap_score(bad, MEAN_ENTROPY, UNIFORM, UNIFORM))
    assert math.isnan(cheap_score(MEAN, math.nan, UNIFORM, UNIFORM))
    assert math.isnan(cheap_score(MEAN, MEAN_ENTROPY, bad, UNIFORM))
    assert math.isnan(cheap_score(MEAN, MEAN_ENTROPY, UNIFORM, bad))
