import numpy as np
import pytest
import torch

from da.data import Domain, Halves, LabelShift, OpenSet, Partial, Plain, Samples
from da.data.samples import originals


def samples(name, counts, copies=1):
    labels = np.repeat(np.arange(len(counts)), counts)
    labels = np.repeat(np.random.default_rng(0).permutation(labels), copies)
    ids = [
        f"{name}/{i // copies}" + (f"#{i % copies}" if copies > 1 else "")
        for i in range(len(labels))
    ]
    inputs = torch.arange(len(labels), dtype=torch.float32)[:, None]
    return Samples(inputs, torch.tensor(labels), tuple(ids))


@pytest.fixture
def source():
    return Domain(samples("s", [30] * 5), samples("s-test", [8] * 5))


@pytest.fixture
def target():
    return Domain(samples("t", [40, 50, 60, 50, 40], copies=3), samples("t-test", [6, 9, 12, 9, 4]))


def test_plain_changes_nothing(source, target):
    scene = Plain().apply(source, target, 5)
    assert scene.source is source
    assert scene.target is target
    assert scene.weights.tolist() == [1.0] * 40


def test_a_partial_target_holds_the_first_classes_only(source, target):
    scene = Partial(2).apply(source, target, 5)
    assert scene.source is source
    for before, after in ((target.train, scene.target.train), (target.test, scene.target.test)):
        assert set(after.labels.tolist()) == {0, 1}
        assert after.ids == tuple(
            i for i, c in zip(before.ids, before.labels, strict=True) if c < 2
        )
    assert scene.weights.tolist() == [1.0] * 15


@pytest.mark.parametrize("classes", [5, 6])
def test_a_partial_target_of_all_classes_is_refused(source, target, classes):
    with pytest.raises(
        ValueError, match=f"fewer classes than the source's 5; got classes={classes}"
    ):
        Partial(classes).apply(source, target, 5)


def test_a_partial_target_without_classes_is_refused():
    with pytest.raises(ValueError, match="at least 1 class; got classes=0"):
        Partial(0)


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


def test_halves_share_no_original_and_miss_none(target):
    scene = Halves().apply(target, target, 5)
    first, second = set(originals(scene.source.train.ids)), set(originals(scene.target.train.ids))
    assert not first & second
    assert first | second == set(originals(target.train.ids))
    assert len(first) == len(second) == 120
    assert scene.target.test is target.test
    assert scene.weights.tolist() == [1.0] * 40


def classes(samples):
    return set(samples.labels.tolist())


def test_a_partial_target_keeps_half_of_the_classes_by_default(source, target):
    assert classes(Partial().apply(source, target, 5).target.train) == {0, 1, 2}


def test_a_draw_chooses_the_classes_that_a_partial_target_keeps(source, target):
    kept = [classes(Partial(2, draw).apply(source, target, 5).target.test) for draw in range(8)]
    assert {len(k) for k in kept} == {2}
    assert len({frozenset(k) for k in kept}) > 2
    assert kept[3] == classes(Partial(2, 3).apply(source, target, 5).target.train)


def test_an_open_target_is_adapted_to_with_its_own_classes_and_scored_without(source, target):
    scene = OpenSet(2).apply(source, target, 5)
    assert classes(scene.source.train) == {0, 1}
    assert classes(scene.target.train) == {0, 1, 2, 3, 4}
    assert classes(scene.target.test) == {0, 1}
    assert scene.weights.tolist() == [1.0] * 15


def test_a_universal_task_has_classes_of_each_domain_alone(source, target):
    scene = OpenSet(2, source_private=1).apply(source, target, 5)
    assert classes(scene.source.train) == {0, 1, 2}
    assert classes(scene.target.train) == {0, 1, 3, 4}
    assert classes(scene.target.test) == {0, 1}


def test_a_draw_chooses_the_shared_classes_of_an_open_task(source, target):
    for draw in range(4):
        scene = OpenSet(2, 1, draw).apply(source, target, 5)
        assert classes(scene.target.test) == classes(scene.source.train) & classes(
            scene.target.train
        )
        assert len(classes(scene.source.train)) == 3
    assert OpenSet(2, draw=1).apply(source, target, 5).target.test.ids != target.test.ids


@pytest.mark.parametrize(("shared", "private"), [(5, 0), (3, 2)])
def test_an_open_target_without_a_class_of_its_own_is_refused(source, target, shared, private):
    with pytest.raises(ValueError, match="at least 1 of the 5 classes to itself"):
        OpenSet(shared, private).apply(source, target, 5)


@pytest.mark.parametrize("options", [{"shared": 0}, {"source_private": -1}])
def test_impossible_numbers_of_open_classes_are_refused(options):
    with pytest.raises(ValueError, match="shares at least 1 class, and no number"):
        OpenSet(**options)


@pytest.mark.parametrize("scenario", [Partial(2), LabelShift(), Halves(), OpenSet(2)])
def test_what_is_built_from_labels_refuses_a_target_without(scenario, source, target):
    unlabeled = Domain(target.train.without_labels())
    with pytest.raises(ValueError, match="built from the labels of the target"):
        scenario.apply(source, unlabeled, 5)
    assert len(Plain().apply(source, unlabeled, 5).weights) == 0
