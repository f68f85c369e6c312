"""Golden values: exact binomial limits."""

import math

import numpy as np
import pytest

from da.transfer import harm_bound


@pytest.mark.parametrize(
    ("harmed", "targets", "upper", "digits"),
    [(0, 29, 0.0981, 4), (0, 59, 0.0495, 4), (1, 20, 0.216, 3), (0, 12, 0.221, 3)],
)
def test_limit_of_independent_targets(harmed, targets, upper, digits):
    names = [str(i) for i in range(targets)]
    bound = harm_bound(np.ones(targets, bool), np.arange(targets) < harmed, names)
    assert bound[:2] == (harmed, targets)
    assert round(bound.upper, digits) == upper


def test_cells_of_one_target_are_one_trial():
    names, harmed = ["w", "w", "a", "d"], np.array([True, True, False, True])
    assert harm_bound(np.ones(4, bool), harmed, names)[:2] == (2, 3)
    assert harm_bound(np.array([True, False, True, False]), harmed, names)[:2] == (1, 2)


def test_nothing_accepted_bounds_nothing():
    bound = harm_bound(np.zeros(2, bool), np.ones(2, bool), ["a", "b"])
    assert bound[:2] == (0, 0)
    assert math.isnan(bound.upper)
