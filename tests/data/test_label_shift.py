from itertools import pairwise

import numpy as np
import pytest
import torch

from da.data import Digits, Domain, LabelShift, covariates
from da.data.samples import originals
from tests.data.toys import in_files, samples


@pytest.fixture
def source():
    return Domain(samples("s", [30] * 5), samples("s-test", [8] * 5))


@pytest.fixture
def target():
    return Domain(samples("t", [40, 50, 60, 50, 40], copies=3), samples("t-test", [6, 9, 12, 9, 4]))


def test_the_prior_is_a_dirichlet_draw():
    priors = np.stack([LabelShift(0.3, draw).prior(10) for draw in range(2000)])
    np.testing.assert_allclose(priors.sum(axis=1), 1)
    # moments of the symmetric Dirichlet distribution with concentration a
    np.testing.assert_allclose(priors.mean(axis=0), 0.1, atol=0.015)
    assert priors.var() == pytest.approx(0.1 * 0.9 / (10 * 0.3 + 1), rel=0.05)
    # expected total variation from the uniform prior, known from simulation
    assert np.abs(priors - 0.1).sum(axis=1).mean() / 2 == pytest.approx(0.545, abs=0.01)


def test_another_draw_is_another_prior():
    assert not np.allclose(LabelShift(0.3, 0).prior(5), LabelShift(0.3, 1).prior(5))
    np.testing.assert_array_equal(LabelShift(0.3, 1).prior(5), LabelShift(0.3, 1).prior(5))


@pytest.mark.parametrize("draw", range(4))
def test_test_weights_turn_class_shares_into_the_prior(source, target, draw):
    shift = LabelShift(0.5, draw)
    scene = shift.apply(source, target, 5)
    assert scene.target.test is target.test
    assert scene.weights.mean().item() == pytest.approx(1, abs=1e-6)
    mass = np.bincount(target.test.labels.numpy(), weights=scene.weights.numpy(), minlength=5)
    np.testing.assert_allclose(mass / len(target.test), shift.prior(5), atol=1e-6)


def test_a_weighted_accuracy_is_the_recall_under_the_prior(source, target):
    shift = LabelShift(0.5)
    scene = shift.apply(source, target, 5)
    correct = torch.rand(40, generator=torch.Generator().manual_seed(0)) < 0.6
    recalls = [correct[target.test.labels == c].float().mean().item() for c in range(5)]
    weighted = (scene.weights * correct).mean().item()
    assert weighted == pytest.approx(float(shift.prior(5) @ recalls), abs=1e-6)


@pytest.mark.parametrize("draw", range(4))
def test_the_training_pool_follows_the_prior_without_repeats(source, target, draw):
    shift = LabelShift(0.5, draw)
    train = shift.apply(source, target, 5).target.train
    assert len(set(train.ids)) == len(train)
    assert set(train.ids) < set(target.train.ids)
    kept = np.bincount(train.labels.numpy(), minlength=5)
    prior = shift.prior(5)
    size = int(np.min(np.array([120, 150, 180, 150, 120]) / prior))
    assert np.all(np.abs(kept - size * prior) <= 3)  # rounded to whole originals of 3 copies
    copies = originals(train.ids)
    assert all(copies.count(name) == 3 for name in set(copies))


def test_label_shift_leaves_the_source_alone(source, target):
    assert LabelShift().apply(source, target, 5).source is source


def test_a_concentration_that_is_not_positive_is_refused():
    with pytest.raises(ValueError, match=r"concentration is positive; got alpha=0\.0"):
        LabelShift(0.0)


ALPHAS = (float("inf"), 10.0, 3.0, 1.0, 0.3)


def axis(draw=0):
    return [LabelShift(alpha, draw, ALPHAS) for alpha in ALPHAS]


def test_an_infinite_concentration_is_the_uniform_prior(source, target):
    shift = LabelShift(float("inf"))
    assert shift.prior(5).tolist() == [0.2] * 5
    scene = shift.apply(source, target, 5)
    assert torch.bincount(scene.target.train.labels).tolist() == [120] * 5
    mass = np.bincount(target.test.labels, weights=scene.weights, minlength=5) / 40
    np.testing.assert_allclose(mass, 0.2, atol=1e-6)


@pytest.mark.parametrize("draw", range(4))
def test_all_levels_of_an_axis_adapt_to_equally_many_samples(draw, source, target):
    trains = [level.apply(source, target, 5).target.train for level in axis(draw)]
    most = [LabelShift(alpha, draw).apply(source, target, 5).target.train for alpha in ALPHAS]
    assert len({len(train) for train in trains}) == 1
    # as many as the level that allows fewest; without the axis, a class is rounded by itself
    assert abs(len(trains[0]) - min(map(len, most))) <= 3 * 5
    assert len(trains[0]) < max(map(len, most)) / 2


@pytest.mark.parametrize("draw", range(4))
def test_a_level_of_an_axis_follows_its_own_prior_without_repeats(draw, source, target):
    for level in axis(draw):
        train = level.apply(source, target, 5).target.train
        assert set(train.ids) < set(target.train.ids)
        assert len(set(train.ids)) == len(train)
        kept = torch.bincount(train.labels, minlength=5).numpy()
        assert np.all(np.abs(kept - len(train) * level.prior(5)) < 3)  # less than one original
        assert all(n == 3 for n in np.unique(originals(train.ids), return_counts=True)[1])


def test_levels_of_an_axis_take_the_same_samples_of_a_class_first(source, target):
    trains = [level.apply(source, target, 5).target.train for level in axis()]
    for c in range(5):
        taken = sorted(
            ({i for i, y in zip(t.ids, t.labels, strict=True) if y == c} for t in trains), key=len
        )
        assert all(small <= large for small, large in pairwise(taken))


def test_an_axis_scores_as_its_level_alone_does(source, target):
    alone, level = (LabelShift(1.0, 2, alike).apply(source, target, 5) for alike in ((), ALPHAS))
    assert level.target.test is target.test
    assert torch.equal(alone.weights, level.weights)


@pytest.mark.parametrize(("alpha", "expected"), [(10.0, 0.119), (3.0, 0.213), (1.0, 0.349)])
def test_priors_are_as_far_from_uniform_as_dirichlet_draws_are(alpha, expected):
    # known from simulation
    priors = np.stack([LabelShift(alpha, draw).prior(10) for draw in range(1000)])
    assert np.abs(priors - 0.1).sum(axis=1).mean() / 2 == pytest.approx(expected, abs=0.008)


def test_equally_many_digits_are_adapted_to_at_all_levels():
    splits = [Digits("fonts", "uci", level).split()["n"] for level in axis(1)]
    assert len({n["t_adapt"] for n in splits}) == 1
    assert len({n["t_test"] for n in splits}) == 1


def test_samples_that_are_read_from_files_are_chosen_without_reading(source, target):
    scene = LabelShift(alike=(1.0,)).apply(source, in_files(target), 5)
    assert (
        scene.target.train.ids == LabelShift(alike=(1.0,)).apply(source, target, 5).target.train.ids
    )


def test_published_results_keep_their_samples():
    # of the committed records
    digest = "d1b1b62e328554a66a9d4302b08aa5684d9126f5f44474508753e70522520574"
    assert Digits("uci", "fonts", LabelShift()).split()["sha256"] == digest


def test_what_is_measured_of_the_prior_is_its_distance_from_the_source(source):
    task = Digits("fonts", "uci", LabelShift(0.5, 3))
    prior = LabelShift(0.5, 3).prior(10)
    assert covariates(task)["tv"] == pytest.approx(np.abs(prior - 0.1).sum() / 2, abs=1e-6)


def test_further_concentrations_that_are_not_positive_are_refused():
    with pytest.raises(ValueError, match=r"is positive; got alpha=1\.0, alike=\[0\.0\]"):
        LabelShift(1.0, alike=[0.0])


def test_a_pool_without_one_of_the_classes_is_refused(source, target):
    short = Domain(
        target.train.select((target.train.labels != 3).nonzero().flatten().tolist()), target.test
    )
    with pytest.raises(ValueError, match="has no sample of class 3, whose share is to be 0.2"):
        LabelShift(float("inf")).apply(source, short, 5)
