"""Golden values: exact enumeration of the draws, and a bootstrap in loops."""

from itertools import product

import numpy as np
import pytest
from jaxtyping import config

from da.transfer import TaskValues, observed_means, resampled_means


def means_of(tasks, resamples=4000, seed=0):
    rng = np.random.default_rng(seed)
    return np.concatenate(list(resampled_means(tasks, resamples=resamples, rng=rng)))


def test_observed_means_by_channel_and_class():
    values = np.array([[[1.0, 0, 1, 1], [0, 0, 1, 0]], [[1, 1, 1, 1], [0, 0, 0, 0]]])
    np.testing.assert_allclose(observed_means([TaskValues(values)]), [[[0.5], [0.5]]])
    by_class = observed_means([TaskValues(values, labels=np.array([0, 0, 2, 2]))])
    np.testing.assert_allclose(by_class, [[[0.25, np.nan, 0.75], [0.5, np.nan, 0.5]]])


def test_weighted_means_are_ratios():
    values = np.random.default_rng(0).normal(size=(1, 2, 4))
    weights = np.array([0.5, 1.5, 2.0, 0.0])
    expected = np.average(values.mean((0, 1)), weights=weights)
    assert observed_means([TaskValues(values, weights=weights)]) == pytest.approx(expected)


def test_two_seeds_and_two_items_are_drawn_as_often_as_enumerated():
    d = np.array([[1.0, 0.25], [-0.5, 0.125]])
    stretched = d + (2**0.5 - 1) * (d.mean(1, keepdims=True) - d.mean())
    draws = [(2, 0), (1, 1), (1, 1), (0, 2)]
    exact = [np.array(s) / 2 @ stretched @ np.array(i) / 2 for s, i in product(draws, draws)]
    values, probability = np.unique(np.round(exact, 9), return_counts=True)
    drawn, counts = np.unique(np.round(means_of([TaskValues(d[None])], 20_000), 9), return_counts=1)
    np.testing.assert_allclose(drawn, values)
    np.testing.assert_allclose(counts / 20_000, probability / 16, atol=0.01)


def test_equals_a_bootstrap_in_loops():
    rng = np.random.default_rng(1)
    d = rng.integers(-1, 2, size=(3, 40)) + rng.normal(0, 0.3, (3, 1))
    labels = rng.integers(0, 2, 40)
    loops = []
    for _ in range(4000):
        seeds = rng.integers(0, 3, 3)
        means = []
        for c in range(2):
            group = d[:, labels == c]
            seed_means = group.mean(1)
            group = group + ((3 / 2) ** 0.5 - 1) * (seed_means - seed_means.mean())[:, None]
            means.append(group[seeds][:, rng.integers(0, group.shape[1], group.shape[1])].mean())
        loops.append(means)
    fast = means_of([TaskValues(d[None], labels=labels)])[:, 0, 0]
    np.testing.assert_allclose(fast.mean(0), np.mean(loops, axis=0), atol=0.02)
    np.testing.assert_allclose(np.cov(fast.T), np.cov(np.array(loops).T), rtol=0.1)


def test_weighted_draws_equal_a_bootstrap_in_loops():
    rng = np.random.default_rng(2)
    d, weights = rng.normal(size=(1, 30)), rng.choice([0.2, 1.0, 3.0], size=30)
    weights /= weights.mean()
    loops = []
    for _ in range(4000):
        items = rng.integers(0, 30, 30)
        loops.append(np.average(d[0, items], weights=weights[items]))
    fast = means_of([TaskValues(d[None], weights=weights)]).ravel()
    assert fast.std() == pytest.approx(np.std(loops), rel=0.05)


def test_channels_share_seeds_and_items():
    d = np.random.default_rng(3).normal(size=(3, 20))
    means = means_of([TaskValues(np.stack([d, d + 1]))], 50)
    np.testing.assert_allclose(means[:, 0, 1] - means[:, 0, 0], 1)


def test_tasks_share_the_items_of_a_target_and_not_those_of_others():
    d = np.random.default_rng(4).normal(size=(1, 1, 20))  # one seed: only items vary
    means = means_of([TaskValues(d, target=t) for t in ("a", "b", "a")], 500)[..., 0, 0]
    np.testing.assert_allclose(means[:, 0], means[:, 2])
    assert abs(np.corrcoef(means[:, 0], means[:, 1])[0, 1]) < 0.2


def test_each_task_of_a_target_keeps_its_own_values():
    d = np.random.default_rng(10).normal(size=(4, 2, 1, 30))  # four tasks of two channels
    means = means_of([TaskValues(x, target="a") for x in d], 3000)[..., 0]
    expected = np.cov(d[:, :, 0].reshape(8, 30), ddof=0) / 30
    np.testing.assert_allclose(means.mean(0), d.mean((2, 3)), atol=0.02)
    np.testing.assert_allclose(np.cov(means.reshape(-1, 8).T), expected, atol=0.004)


def test_tasks_do_not_share_seeds():
    d = np.repeat(np.random.default_rng(5).normal(size=(1, 4, 1)), 9, axis=2)  # only seeds vary
    means = means_of([TaskValues(d, target="a")] * 2, 500)[..., 0, 0]
    assert abs(np.corrcoef(means.T)[0, 1]) < 0.2


def test_seeds_vary_as_much_as_an_unbiased_estimate_says():
    d = np.repeat(np.random.default_rng(6).normal(size=(1, 3, 1)), 5, axis=2)
    spread = means_of([TaskValues(d)], 40_000).var()
    assert spread == pytest.approx(d[0, :, 0].var(ddof=1) / 3, rel=0.03)


def test_order_of_items_changes_nothing():
    d = np.random.default_rng(7).integers(-1, 2, size=(2, 3, 50)).astype(float)
    order = np.random.default_rng(8).permutation(50)
    np.testing.assert_array_equal(
        means_of([TaskValues(d)], 20), means_of([TaskValues(d[:, :, order])], 20)
    )


def test_blocks_are_independent_and_complete(monkeypatch):
    monkeypatch.setattr("da.transfer.resampling._BLOCK", 200)
    means = means_of([TaskValues(np.random.default_rng(9).normal(size=(1, 2, 50)))], 103)
    assert means.shape == (103, 1, 1, 1)
    assert len(np.unique(means)) == 103


def test_bad_values_raise(monkeypatch):
    monkeypatch.setattr(config, "jaxtyping_disable", True)  # reach the check for users without
    d = np.zeros((1, 2, 3))
    with pytest.raises(ValueError, match=r"at least 2 items; got shape \(1, 2, 1\)"):
        TaskValues(d[:, :, :1])
    with pytest.raises(ValueError, match="values must be finite"):
        TaskValues(d * np.nan)
    with pytest.raises(ValueError, match="each of 3 items has a class from 0 on; got 2 labels"):
        TaskValues(d, labels=np.array([0, 1]))
    with pytest.raises(ValueError, match="3 items need 3 weights"):
        TaskValues(d, weights=np.ones(2))
    with pytest.raises(ValueError, match="at least 1 task"):
        observed_means([])
    with pytest.raises(ValueError, match=r"as many channels in each; got \[1, 2\]"):
        observed_means([TaskValues(d), TaskValues(np.zeros((2, 2, 3)))])
    with pytest.raises(ValueError, match="got labels for 1 of 2"):
        observed_means([TaskValues(d), TaskValues(d, labels=np.array([0, 1, 1]))])
    with pytest.raises(ValueError, match="got 3 and 4 items of target 'a'"):
        means_of([TaskValues(d, target="a"), TaskValues(np.zeros((1, 2, 4)), target="a")])
    first, second = (TaskValues(d, target="a", labels=np.array(y)) for y in ([0, 0, 1], [0, 1, 1]))
    with pytest.raises(ValueError, match="or other labels, of target 'a'"):
        means_of([first, second])
