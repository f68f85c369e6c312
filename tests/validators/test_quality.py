"""Golden values: six candidates, and SciPy where the weights are equal."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import stats

from da.validators import selection, weighted_spearman

SCORES = np.array([0.1, 0.4, 0.3, 0.8, 0.9, 0.7])
ACCURACIES = np.array([50.0, 60, 62, 70, 55, 72])


def select(scores, accuracies=ACCURACIES, source_only=57.0, margin=1.0):
    return selection(scores, accuracies, source_only=source_only, margin=margin)


def test_six_candidates():
    chosen = select(SCORES)
    assert chosen.accuracy == 55
    assert chosen.regret == 17
    assert chosen.normalized_regret == pytest.approx(1.6190476, abs=5e-8)
    assert weighted_spearman(SCORES, ACCURACIES) == pytest.approx(-0.3321479039, abs=1e-9)


def test_other_rank_correlations_of_the_six_are_less_harsh():
    assert stats.spearmanr(SCORES, ACCURACIES).statistic == pytest.approx(0.3142857143, abs=1e-9)
    assert stats.kendalltau(SCORES, ACCURACIES).statistic == pytest.approx(0.2, abs=1e-12)


def test_candidates_of_equal_score_share_the_selection():
    chosen = select(np.array([0.1, 0.4, 0.3, 0.9, 0.9, 0.7]))
    assert chosen.accuracy == 62.5
    assert (chosen.regret, chosen.harmful, chosen.worst_tenth) == (9.5, 0.5, 0)


def test_what_has_no_score_is_not_selected():
    assert select(np.where(SCORES == 0.9, np.nan, SCORES)).accuracy == 70
    assert select(np.full(6, np.nan)).accuracy == 72  # the last step
    assert select(np.array([np.nan, -np.inf, *[np.nan] * 4])).accuracy == 60


@pytest.mark.parametrize(("source_only", "harmful"), [(55.9, 0), (56.0, 0), (56.1, 1)])
def test_harm_is_more_than_the_margin_below_source_only(source_only, harmful):
    assert select(SCORES, source_only=source_only).harmful == harmful


def test_the_worst_tenth_of_a_pool():
    accuracies = np.arange(20.0)
    worst = [select(np.eye(20)[i], accuracies).worst_tenth for i in range(20)]
    assert worst == [1, 1, *[0] * 18]
    assert select(np.ones(20), accuracies).worst_tenth == pytest.approx(0.1)
    assert select(np.eye(6)[0]).worst_tenth == 1
    equal = select(SCORES, np.full(6, 50.0))
    assert (equal.worst_tenth, equal.regret) == (0, 0)
    assert math.isnan(equal.normalized_regret)


def test_choosing_at_random_has_normalized_regret_one():
    assert select(np.zeros(6)).normalized_regret == pytest.approx(1)


def test_the_reverse_is_not_quite_the_opposite():
    assert weighted_spearman(ACCURACIES, ACCURACIES) == pytest.approx(1)
    assert weighted_spearman(-ACCURACIES, ACCURACIES) == pytest.approx(-0.98367545, abs=1.1e-8)


def test_what_is_not_finite_counts_as_the_lowest():
    bad = SCORES.copy()
    bad[0] = -1.0
    expected = weighted_spearman(np.where(bad == -1, 0.3, bad), ACCURACIES)
    for value in (np.nan, np.inf, -np.inf):
        scores = np.where(bad == -1, value, SCORES)
        assert weighted_spearman(scores, ACCURACIES) == pytest.approx(expected)


def test_nothing_to_rank_is_nan():
    for scores in (np.full(6, np.nan), np.zeros(6)):
        assert math.isnan(weighted_spearman(scores, ACCURACIES))
    assert math.isnan(weighted_spearman(SCORES, np.ones(6)))
    assert math.isnan(weighted_spearman(SCORES[:1], ACCURACIES[:1]))


def test_equal_scores_share_their_weighted_rank():
    scores, accuracies = np.array([1.0, 3, 3, 2, 3, 1]), np.array([5.0, 9, 6, 6, 2, 4])
    relative = [stats.rankdata(x, "dense") / len(set(x)) for x in (scores, accuracies)]
    weights = np.maximum(*relative) ** 2
    ranks = [
        [
            weights[x < value].sum() + (sum(x == value) + 1) / 2 * weights[x == value].mean()
            for value in x
        ]
        for x in (scores, accuracies)
    ]
    covariance = np.cov(ranks, aweights=weights)
    expected = covariance[0, 1] / np.sqrt(covariance[0, 0] * covariance[1, 1])
    assert weighted_spearman(scores, accuracies) == pytest.approx(expected)


def test_two_candidates_rank_as_scipy_ranks_them():
    for scores in ([0.0, 1.0], [1.0, 0.0]):
        expected = stats.spearmanr(scores, [50.0, 60.0]).statistic
        assert weighted_spearman(np.array(scores), np.array([50.0, 60])) == pytest.approx(expected)


@settings(derandomize=True, database=None, max_examples=100, deadline=None)
@given(
    arrays(float, 8, elements=st.integers(-4, 4).map(float)),
    arrays(float, 8, elements=st.integers(0, 5).map(float)),
    st.permutations(range(8)),
)
def test_order_and_units_do_not_matter(scores, accuracies, order):
    value = weighted_spearman(scores, accuracies)
    again = weighted_spearman(np.exp(scores[order]), 3 * accuracies[order] - 7)
    assert again == pytest.approx(value, abs=1e-9, nan_ok=True)
    assert math.isnan(value) or abs(value) <= 1 + 1e-12
    chosen = select(scores, accuracies, source_only=2.0)
    moved = select(scores[order], accuracies[order], source_only=2.0)
    assert moved == pytest.approx(chosen, nan_ok=True)
    assert chosen.regret >= 0


def test_numbers_that_do_not_match_raise():
    for call in (weighted_spearman, select):
        with pytest.raises(ValueError, match="got 5 scores and 6 accuracies"):
            call(SCORES[:5], ACCURACIES)
        with pytest.raises(ValueError, match="got 0 scores and 0 accuracies"):
            call(SCORES[:0], ACCURACIES[:0])


def guard(passed, scores=SCORES, source_only=57.0):
    return selection(
        scores,
        ACCURACIES,
        source_only=source_only,
        margin=1.0,
        passed=np.array(passed, dtype=bool),
    )


def test_only_what_passes_the_guard_is_selected():
    assert guard([1, 1, 1, 1, 0, 1]).accuracy == 70
    assert guard([1, 0, 0, 0, 0, 1]).accuracy == 72
    assert guard(np.ones(6)) == select(SCORES)


def test_without_a_score_the_last_that_passes_is_selected():
    assert guard([0, 1, 0, 1, 0, 0], np.full(6, np.nan)).accuracy == 70
    # the score of one that does not pass is no help
    assert guard([1, 0, 0, 0, 0, 0], np.array([np.nan, 1, 1, 1, 1, 1])).accuracy == 50


@pytest.mark.parametrize(
    ("source_only", "regret", "worst_tenth"), [(57.0, 15, 0), (75.0, -3, 0), (49.0, 23, 1)]
)
def test_if_none_passes_source_only_is_selected(source_only, regret, worst_tenth):
    chosen = guard(np.zeros(6), source_only=source_only)
    assert chosen.accuracy == source_only
    assert (chosen.regret, chosen.harmful, chosen.worst_tenth) == (regret, 0, worst_tenth)
