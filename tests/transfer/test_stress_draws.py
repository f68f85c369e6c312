"""Golden values: weighted means by hand, and the interval of a single task."""

import numpy as np
import pytest

from da.transfer import twc
from da.transfer.stress_draws import Draw, draws_interval, resampled_draws

LABELS = np.array([0, 0, 0, 0, 1, 1, 1, 1])


def draw(values, weights=None, items=None, *, task="a->b", seeds=None):
    values = np.atleast_2d(np.asarray(values, float))
    n = values.shape[1]
    return Draw(
        task=task,
        target="b",
        seeds=tuple(range(len(values))) if seeds is None else seeds,
        items=np.arange(n) if items is None else np.asarray(items),
        weights=np.ones(n) if weights is None else np.asarray(weights, float),
        values=values,
    )


@pytest.fixture
def noise():
    return np.random.default_rng(0).integers(-1, 2, (3, 8)).astype(float)


def test_one_draw_has_the_interval_of_its_task(noise):
    weights = np.where(LABELS == 0, 1.5, 0.5)
    one = draws_interval([draw(noise, weights)])
    expected = twc(noise, weights=weights)
    for name in ("estimate", "low", "high", "p", "df"):
        assert getattr(one, name) == pytest.approx(getattr(expected, name))


def test_the_same_draw_twice_tells_no_more_than_once(noise):
    once, twice = draws_interval([draw(noise)]), draws_interval([draw(noise), draw(noise)])
    assert twice.half_width == pytest.approx(once.half_width)


def test_draws_of_other_items_tell_more(noise):
    same = draws_interval([draw(noise[:, :4]), draw(noise[:, :4])])
    other = draws_interval(
        [draw(noise[:, :4], items=range(4)), draw(noise[:, :4], items=range(4, 8))]
    )
    assert other.estimate == pytest.approx(same.estimate)
    assert other.half_width < same.half_width


def test_halves_of_the_items_tell_as_much_as_all_of_them(noise):
    first, second = (half - half.mean() for half in (noise[:, :4], noise[:, 4:]))
    halves = draws_interval([draw(first, items=range(4)), draw(second, items=range(4, 8))])
    assert halves.half_width == pytest.approx(twc(np.hstack([first, second])).half_width)


def test_draws_count_alike_whatever_their_size():
    few, many = draw([[1.0, 1.0]], items=[0, 1]), draw(np.zeros((1, 6)), items=range(2, 8))
    assert draws_interval([few, many]).estimate == pytest.approx(0.5)


def test_the_first_row_holds_the_weighted_means(noise):
    weights = np.where(LABELS == 0, 2.0, 0.0)
    parts = [draw(noise), draw(noise, weights), draw(noise[:, 2:6], items=range(2, 6))]
    means = resampled_draws(parts, {"b": LABELS}, resamples=5)
    expected = [noise.mean(), noise[:, :4].mean(), noise[:, 2:6].mean()]
    np.testing.assert_allclose(means[0], expected)
    assert means.shape == (6, 3)


def test_what_one_resample_draws_all_columns_see(noise):
    parts = [draw(noise), draw(2 * noise), draw(noise + 1)]
    first, double, shifted = resampled_draws(parts, {"b": LABELS}, resamples=50).T
    np.testing.assert_allclose(double, 2 * first)
    np.testing.assert_allclose(shifted, first + 1)
    assert first.std() > 0


def test_tasks_of_one_target_share_its_items_and_not_their_seeds(noise):
    alike = np.repeat(noise[:1], 3, axis=0)
    apart = np.repeat(noise[:, :1], 8, axis=1)
    parts = [draw(v, task=t) for v in (alike, apart) for t in ("a->b", "c->b")]
    items, again, seeds, other = resampled_draws(parts, {"b": LABELS}, resamples=50).T
    np.testing.assert_allclose(items, again)
    assert np.abs(seeds - other).max() > 0


def test_other_seeds_are_another_group(noise):
    parts = [draw(noise), draw(noise[:2]), draw(noise[:1], seeds=(7,))]
    means = resampled_draws(parts, {"b": LABELS}, resamples=20)
    np.testing.assert_allclose(means[0], [noise.mean(), noise[:2].mean(), noise[0].mean()])


def test_weights_by_class_keep_the_prior_in_every_resample():
    recall = np.where(LABELS == 0, 0.9, 0.4)
    weights = np.where(LABELS == 0, 1.6, 0.4)  # a prior of 0.8 and 0.2
    means = resampled_draws([draw([recall, recall], weights)], {"b": LABELS}, resamples=30)
    np.testing.assert_allclose(means, 0.8 * 0.9 + 0.2 * 0.4)


def test_a_resample_without_an_item_of_weight_is_undefined():
    weights = np.array([8.0, *[0.0] * 7])
    means = resampled_draws([draw(np.ones((1, 8)), weights)], {"b": LABELS}, resamples=50)[:, 0]
    assert np.isnan(means).any()
    np.testing.assert_allclose(means[~np.isnan(means)], 1)
