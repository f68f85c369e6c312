"""Golden values: ten items by hand, exact enumeration, and the paired interval of each class."""

from itertools import product

import numpy as np
import pytest
from jaxtyping import config
from scipy import stats

from da.transfer import classwise, twc

LABELS = np.array([0, 0, 0, 0, 1, 1, 1, 1, 2, 2])
ADAPTED = np.array([0, 0, 0, 0, 1, 1, 2, 2, 2, 2])
SOURCE_ONLY = np.array([0, 0, 1, 1, 1, 1, 1, 2, 2, 0])
DIFFERENCES = ((ADAPTED == LABELS) * 1.0 - (SOURCE_ONLY == LABELS))[None]


def one_class_loses(losses=20, gains=40, seeds=3, size=60):
    """Class 0 loses on some items and class 1 gains on more; class 2 does not change."""
    labels = np.repeat([0, 1, 2], size)
    d = np.zeros((seeds, 3 * size))
    d[:, :losses], d[:, size : size + gains] = -1, 1
    return labels, d


def test_ten_items():
    result = classwise(LABELS, DIFFERENCES, 3)
    np.testing.assert_allclose(result.delta, [0.5, -0.25, 0.5])
    np.testing.assert_array_equal(result.counts, [4, 4, 2])
    assert result.macro == pytest.approx(0.25)
    assert result.hidden_harm == pytest.approx(0.1)
    assert result.overall == pytest.approx(0.2)


def test_small_classes_are_reported_and_not_tested():
    result = classwise(LABELS, DIFFERENCES, 3)
    assert result.worst_class is None
    assert np.isnan(result.worst_p)
    assert not result.hidden
    assert result.intervals[1] == twc(DIFFERENCES[:, 4:8])


@pytest.mark.parametrize(("size", "tested"), [(19, False), (20, True)])
def test_a_class_is_tested_from_20_items_on(size, tested):
    labels = np.repeat([0, 1], [size, 5])
    result = classwise(labels, np.zeros((2, size + 5)), 2)
    assert (result.worst_class == 0) is tested
    assert np.isnan(result.worst_p) is not tested


def test_class_without_items_is_nan():
    result = classwise(LABELS, DIFFERENCES, 4)
    assert np.isnan(result.delta[3])
    assert result.intervals[3] is None
    assert result.macro == pytest.approx(0.25)
    assert result.hidden_harm == pytest.approx(0.1)


def test_gain_hides_a_loss():
    labels, d = one_class_loses()
    result = classwise(labels, d, 3)
    assert result.overall == pytest.approx(1 / 9)
    assert result.worst_class == 0
    assert result.worst_p == 1 / 10_000  # none of 9,999 swaps is as bad
    assert result.hidden


def test_nothing_is_hidden_when_the_whole_loses():
    result = classwise(*one_class_loses(losses=40, gains=20), 3)
    assert result.worst_p <= 0.05
    assert not result.hidden


def test_a_gain_of_all_classes_is_no_harm():
    labels, d = one_class_loses(losses=0)
    result = classwise(labels, d, 3)
    assert not result.hidden
    assert result.hidden_harm == 0


def test_equal_models_differ_nowhere():
    labels, d = one_class_loses(losses=0, gains=0)
    result = classwise(labels, d, 3)
    assert result.worst_p == 1
    assert not result.hidden


@pytest.mark.parametrize("seeds", [1, 3])
def test_p_equals_enumeration_of_the_swaps(seeds):
    # Six items lose, for all seeds alike: only the swap of none is as bad, 1 of 2**6.
    labels = np.repeat([0, 1], 20)
    d = np.zeros((seeds, 40))
    d[:, :6] = -1
    assert classwise(labels, d, 2).worst_p == pytest.approx(1 / 64, abs=0.004)


def test_swaps_that_are_equal_up_to_rounding_are_ties():
    # For one seed the statistic rises with the sum, and sums of integers are exact.
    tenths = np.array([-1, 1, -2, 2, -3, 3, -7, -4, 6])
    sums = np.array(list(product([-1, 1], repeat=9))) @ tenths
    d = np.zeros((1, 40))
    d[0, :9] = tenths / 10
    result = classwise(np.repeat([0, 1], 20), d, 2)
    assert result.worst_p == pytest.approx(np.mean(sums <= tenths.sum()), abs=0.015)


def test_p_equals_brute_force_over_studentized_means():
    rng = np.random.default_rng(0)
    labels = np.repeat([0, 1], 25)
    d = rng.integers(-1, 2, size=(3, 50)) * (rng.uniform(size=50) < 0.6) - 0.1 * (labels == 0)

    def lowest(values):
        t = []
        for c in range(2):
            interval = twc(values[:, labels == c])
            standard_error = interval.half_width / _critical(interval.df)
            t.append(interval.estimate / standard_error)
        return min(t)

    observed = lowest(d)
    swaps = rng.choice([-1, 1], size=(1500, 50))
    expected = np.mean([lowest(d * signs) <= observed for signs in swaps])
    result = classwise(labels, d, 2)
    assert 0.02 < expected < 0.9
    assert result.worst_p == pytest.approx(expected, abs=4 * (0.25 / 1500) ** 0.5)


def _critical(df):
    return stats.t.ppf(0.975, df)


def test_rejects_a_true_null_about_as_often_as_it_says():
    rng = np.random.default_rng(1)
    labels = np.repeat(np.arange(4), 30)
    rejections = 0
    for seed in range(200):
        d = rng.integers(-1, 2, size=(3, 120)) * (rng.uniform(size=120) < 0.4)
        rejections += classwise(labels, d, 4, resamples=199, seed=seed).worst_p <= 0.05
    assert rejections <= 20  # 10 expected; more than 20 has probability .001


def test_relabeling_classes_and_reordering_items_changes_nothing():
    rng = np.random.default_rng(2)
    labels, d = one_class_loses(losses=9, gains=12)
    order, names = rng.permutation(len(labels)), np.array([2, 0, 1])
    result = classwise(labels, d, 3)
    moved = classwise(names[labels][order], d[:, order], 3)
    np.testing.assert_allclose(moved.delta[names], result.delta)
    assert moved.worst_class == names[result.worst_class]
    assert moved.hidden_harm == pytest.approx(result.hidden_harm)
    assert moved.worst_p == pytest.approx(result.worst_p, abs=0.01)


def test_same_seed_gives_the_same_p():
    labels, d = one_class_loses(losses=5, gains=9)
    first, again = (classwise(labels, d, 3, seed=3).worst_p for _ in range(2))
    assert first == again


def test_prior_weighs_the_classes():
    labels, d = one_class_loses(losses=30, gains=30)
    result = classwise(labels, d, 3, prior=np.array([0.8, 0.1, 0.1]))
    assert result.overall == pytest.approx(-0.35)
    assert result.hidden_harm == pytest.approx(0.4)


def test_bad_arguments_raise(monkeypatch):
    monkeypatch.setattr(config, "jaxtyping_disable", True)  # reach the check for users without
    with pytest.raises(ValueError, match="one column per label; got shape"):
        classwise(LABELS[1:], DIFFERENCES, 3)
    with pytest.raises(ValueError, match=r"classes are in \[0, 2\); got 0 to 2"):
        classwise(LABELS, DIFFERENCES, 2)
    with pytest.raises(ValueError, match="must be finite"):
        classwise(LABELS, DIFFERENCES * np.nan, 3)
    with pytest.raises(ValueError, match="a prior gives weight only to classes with items"):
        classwise(LABELS, DIFFERENCES, 4, prior=np.full(4, 0.25))
