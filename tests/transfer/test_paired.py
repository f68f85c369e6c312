"""Golden values: a worked example, Student's t in scipy, and simulation."""

import numpy as np
import pytest
from jaxtyping import config
from scipy import stats

from da.transfer import twc, variance_components

EXAMPLE = np.array([[0, -1, 0, 1, -1, 0], [0, -1, -1, 0, 0, 0], [0, -1, 0, 0, -1, 1]])
SEED_DIFFERENCES = [-1.2, -0.8, -1.5, -0.3, -0.9]


def test_worked_example():
    parts = variance_components(EXAMPLE)
    assert parts.seeds == pytest.approx(0.0030864198, abs=1e-9)
    assert parts.items == pytest.approx(0.0493827160, abs=1e-9)
    assert parts.interaction == pytest.approx(0.0141975309, abs=1e-9)
    assert parts.total == pytest.approx(0.0493827160, abs=1e-9)
    interval = twc(EXAMPLE)
    assert interval.estimate == pytest.approx(-0.2222222222, abs=1e-9)
    assert interval.df == pytest.approx(256 / 51.7, abs=1e-9)  # items 16/324, seeds 1/324
    assert interval.half_width == pytest.approx(0.5729223846, abs=1e-9)


def test_components_add_up_when_none_dominates():
    rng = np.random.default_rng(0)
    seeds, items = rng.normal(size=(4, 1)), rng.normal(size=(1, 9))
    parts = variance_components(seeds + items + rng.normal(size=(4, 9)))
    assert parts.total == pytest.approx(parts.seeds + parts.items - parts.interaction)
    assert parts.total > max(parts.seeds, parts.items)


def test_interaction_equals_its_sums_of_squares():
    d = np.random.default_rng(1).normal(size=(5, 8))
    s, n = d.shape
    squares = (
        (d**2).sum()
        - n * (d.mean(1) ** 2).sum()
        - s * (d.mean(0) ** 2).sum()
        + s * n * d.mean() ** 2
    )
    expected = squares / ((s - 1) * (n - 1)) / (s * n)
    assert variance_components(d).interaction == pytest.approx(expected)


def test_is_a_t_interval_over_seeds_when_items_do_not_vary():
    interval = twc(np.tile(np.array(SEED_DIFFERENCES)[:, None], (1, 7)))
    assert interval.low == pytest.approx(-1.4994381872, abs=1e-9)
    assert interval.high == pytest.approx(-0.3805618128, abs=1e-9)
    assert interval.p == pytest.approx(0.0095528494, abs=1e-9)
    reference = stats.ttest_1samp(SEED_DIFFERENCES, 0)
    assert interval.p == pytest.approx(reference.pvalue)
    assert interval.df == pytest.approx(4)
    limits = reference.confidence_interval(0.95)
    assert (interval.low, interval.high) == pytest.approx((limits.low, limits.high))


@pytest.mark.parametrize(
    ("seeds", "half_width"), [(3, 2.484), (4, 1.591), (5, 1.242), (8, 0.836), (10, 0.715)]
)
def test_half_width_for_seeds_alone_is_that_of_power_tables(seeds, half_width):
    d = np.random.default_rng(seeds).normal(size=(seeds, 1))
    d = (d - d.mean()) / d.std(ddof=1)
    assert twc(np.tile(d, (1, 3))).half_width == pytest.approx(half_width, abs=5e-4)


@pytest.mark.parametrize("level", [0.9, 0.95, 0.99])
def test_one_seed_is_a_t_interval_over_items(level):
    d = np.random.default_rng(2).normal(0.3, 1, size=(1, 30))
    interval = twc(d, level=level)
    reference = stats.ttest_1samp(d[0], 0)
    limits = reference.confidence_interval(level)
    assert (interval.low, interval.high) == pytest.approx((limits.low, limits.high))
    assert (interval.p, interval.df) == pytest.approx((reference.pvalue, 29))


def test_identical_seeds_are_a_t_interval_over_items():
    d = np.random.default_rng(3).normal(size=(1, 20))
    several, one = twc(np.tile(d, (4, 1))), twc(d)
    assert (several.low, several.high) == pytest.approx((one.low, one.high))


@pytest.mark.parametrize(("value", "p"), [(0, 1.0), (1, 0.0), (-1, 0.0)])
@pytest.mark.parametrize("seeds", [1, 3])
def test_is_a_point_when_nothing_varies(value, p, seeds):
    interval = twc(np.full((seeds, 5), value))
    assert (interval.low, interval.estimate, interval.high) == (value, value, value)
    assert interval.p == p
    assert interval.half_width == 0


def test_degrees_of_freedom_are_at_least_one():
    rng = np.random.default_rng(4)
    frequencies = [twc(rng.normal(size=(2, 2))).df for _ in range(50)]
    assert min(frequencies) >= 1


def test_the_estimate_is_the_weighted_mean():
    weights = np.array([0.5, 1.5, 2.0, 0.0])
    d = np.array([[0.0, 1.0, -1.0, 1.0], [1.0, 1.0, 0.0, -1.0]])
    assert twc(d, weights=weights).estimate == pytest.approx(np.average(d.mean(0), weights=weights))


def test_weights_do_not_widen_the_interval_of_a_constant():
    interval = twc(np.ones((3, 4)), weights=np.array([0.5, 1.5, 2.0, 0.0]))
    assert (interval.low, interval.high) == (1.0, 1.0)


def test_the_weighted_variance_is_that_of_the_jackknife():
    rng = np.random.default_rng(0)
    weights = rng.dirichlet(np.full(10, 0.3))[rng.integers(10, size=2000)]
    weights /= weights.mean()
    d = rng.choice([-1.0, 0.0, 1.0], p=[0.2, 0.7, 0.1], size=2000)
    sums, totals = (weights * d).sum() - weights * d, weights.sum() - weights
    without = sums / totals  # the weighted mean without each item in turn
    jackknife = (len(d) - 1) * np.mean((without - without.mean()) ** 2)
    variance = variance_components(d[None], weights=weights).total
    assert variance == pytest.approx(jackknife, rel=0.02)


def test_weights_may_be_normalised_in_float32():
    d = np.random.default_rng(6).normal(size=(2, 3))
    weights = np.array([1, 2, 4], np.float32)
    twc(d, weights=weights / weights.mean())


def test_order_of_seeds_and_items_does_not_matter():
    rng = np.random.default_rng(7)
    d = rng.integers(-1, 2, size=(4, 25))
    shuffled = twc(d[rng.permutation(4)][:, rng.permutation(25)])
    assert shuffled.high == pytest.approx(twc(d).high)


@pytest.mark.parametrize("seed_spread", [0.02, 0.15])  # of little account, and of much
@pytest.mark.parametrize("seeds", [3, 5, 10])
def test_covers_the_truth_as_often_as_it_says(seed_spread, seeds):
    rng, truth, covered, repetitions = np.random.default_rng(8), -0.036, 0, 600
    for _ in range(repetitions):
        d = (
            truth
            + rng.normal(0, seed_spread, (seeds, 1))
            + rng.normal(0, 0.3, (1, 100))
            + rng.normal(0, 0.4, (seeds, 100))
        )
        interval = twc(d)
        covered += interval.low <= truth <= interval.high
    assert 0.92 <= covered / repetitions <= 0.98


@pytest.mark.parametrize("shape", [(3, 1), (0, 5), (1, 0)])
def test_too_few_values_raise(shape):
    with pytest.raises(ValueError, match="at least 1 seed x 2 items"):
        twc(np.zeros(shape))


def test_bad_values_raise(monkeypatch):
    monkeypatch.setattr(config, "jaxtyping_disable", True)  # reach the check for users without
    d = np.zeros((2, 3))
    with pytest.raises(ValueError, match="must be finite"):
        twc(np.array([[0.0, np.nan]]))
    with pytest.raises(ValueError, match=r"level is in \(0, 1\); got level=95"):
        twc(d, level=95.0)
    with pytest.raises(ValueError, match="3 items need 3 weights"):
        twc(d, weights=np.ones(2))
    with pytest.raises(ValueError, match="divide them by their mean"):
        twc(d, weights=np.full(3, 2.0))
    with pytest.raises(ValueError, match="divide them by their mean"):
        twc(d, weights=np.array([-1.0, 2.0, 2.0]))
