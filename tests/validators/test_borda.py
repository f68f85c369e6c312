import numpy as np
import pytest

from da.validators import borda, mean_ranks

ALL = np.ones(4, dtype=bool)


def test_best_mean_rank_wins():
    # Ranks from the best: 4 1 2 3, 3 1 2 4, 1 4 2 3: sums 8, 6, 6, 10.
    scores = np.array([[0.1, 0.2, 9], [0.9, 0.9, -5], [0.5, 0.5, 3], [0.3, 0.1, 0]])
    assert borda(scores, ALL) == 1  # the earlier of two
    assert borda(scores[::-1], ALL) == 1


def test_units_do_not_matter():
    scores = np.array([[-1e6, 0.51], [-1e5, 0.52], [-9.0, 0.1], [0.0, 0.53]])
    assert borda(scores, ALL) == 3


def test_who_fails_the_guard_is_not_even_ranked():
    scores = np.array([[3.0, 2.5], [2.0, 3.0], [9.0, 2.7], [8.0, 2.6]])
    passed = np.array([True, True, False, False])
    # Among the two that pass, ranks are 1, 2 and 2, 1: the earlier. With the others, it is not.
    assert borda(scores, passed) == 0
    assert borda(scores, ALL) == 2


def test_ties_share_their_ranks():
    scores = np.array([[1.0, 0.1], [1.0, 0.2], [1.0, 0.3], [0.0, 0.4]])
    assert borda(scores, ALL) == 2


def test_no_value_ranks_last():
    scores = np.array([[np.nan, 1.0], [-1e9, 1.0], [np.nan, 0.9], [-1e10, 0.9]])
    assert borda(scores, ALL) == 1
    assert borda(np.full((4, 2), np.nan), ALL) == 0


def test_nobody_passes():
    assert borda(np.ones((4, 2)), ~ALL) is None


def test_numbers_that_do_not_match_raise():
    with pytest.raises(ValueError, match="4 candidates .* got 2 scores and 3 flags"):
        borda(np.ones((4, 2)), ALL[:3])
    with pytest.raises(ValueError, match="got 0 scores"):
        borda(np.ones((4, 0)), ALL)


def test_mean_ranks_of_those_that_pass():
    scores = np.array([[0.1, 0.2, 9], [0.9, 0.9, -5], [0.5, 0.5, 3], [0.3, 0.1, 0]])
    np.testing.assert_allclose(mean_ranks(scores, ALL), [-8 / 3, -2, -2, -10 / 3])
    passed = np.array([True, False, True, True])
    np.testing.assert_allclose(mean_ranks(scores, passed), [-2, np.nan, -4 / 3, -8 / 3])
    assert np.isnan(mean_ranks(scores, ~ALL)).all()
