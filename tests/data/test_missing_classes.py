from itertools import pairwise

import pytest

from da.data import Digits, Domain, OpenSet, Partial, covariates
from da.data.samples import originals
from tests.data.toys import classes, in_files, samples


@pytest.fixture
def source():
    return Domain(samples("s", [30] * 5), samples("s-test", [8] * 5))


@pytest.fixture
def target():
    return Domain(samples("t", [40, 50, 60, 50, 40], copies=3), samples("t-test", [6, 9, 12, 9, 4]))


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


def test_a_partial_target_keeps_half_of_the_classes_by_default(source, target):
    assert classes(Partial().apply(source, target, 5).target.train) == {0, 1, 2}


def test_a_partial_target_holds_the_classes_that_are_named(source, target):
    scene = Partial([3, 1]).apply(source, target, 5)
    assert scene.source is source
    assert classes(scene.target.train) == classes(scene.target.test) == {1, 3}
    assert scene.weights.tolist() == [1.0] * 18


@pytest.mark.parametrize("named", [[0, 0], [5], [-1, 2], [0, 1, 2, 3, 4]])
def test_named_classes_are_some_of_the_source_each_once(source, target, named):
    with pytest.raises(ValueError, match="some of the labels 0 to 4, each once; got classes="):
        Partial(named).apply(source, target, 5)


def test_named_classes_are_not_drawn():
    with pytest.raises(ValueError, match="are not drawn; .*draw=2"):
        Partial([1], draw=2)
    with pytest.raises(ValueError, match="at least 1 class"):
        Partial([])


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


SHARES = (0.0, 0.25, 0.5, 0.75, 0.9)


@pytest.mark.parametrize(
    ("num_classes", "removed", "kept"),
    [(10, 0.0, 10), (10, 0.25, 8), (10, 0.75, 3), (10, 0.9, 1), (10, 0.7, 3), (31, 0.5, 16)],
)
def test_the_rest_of_the_classes_is_rounded_up(num_classes, removed, kept):
    domain = Domain(samples("t", [3] * num_classes), samples("t-test", [1] * num_classes))
    scene = Partial(removed=removed).apply(domain, domain, num_classes)
    assert classes(scene.target.train) == classes(scene.target.test) == set(range(kept))


def test_to_remove_no_class_keeps_the_task_as_it_is(source, target):
    scene = Partial(removed=0.0, draw=1).apply(source, target, 5)
    assert scene.source is source
    assert scene.target.train.ids == target.train.ids
    assert scene.target.test.ids == target.test.ids


def test_a_larger_share_removes_more_classes_of_the_same_draw(source, target):
    kept = [
        classes(Partial(removed=share, draw=2).apply(source, target, 5).target.test)
        for share in SHARES
    ]
    assert [len(k) for k in kept] == [5, 4, 3, 2, 1]
    assert all(large > small for large, small in pairwise(kept))


@pytest.mark.parametrize("draw", [None, 0, 1])
def test_all_levels_of_a_partial_axis_adapt_to_equally_many_samples(draw, source, target):
    scenes = [
        Partial(removed=share, draw=draw, alike=SHARES).apply(source, target, 5) for share in SHARES
    ]
    smallest = Partial(removed=0.9, draw=draw).apply(source, target, 5).target.train
    assert {len(scene.target.train) for scene in scenes} == {len(smallest)}
    assert scenes[-1].target.train.ids == smallest.ids
    for scene, share in zip(scenes, SHARES, strict=True):
        alone = Partial(removed=share, draw=draw).apply(source, target, 5)
        assert scene.target.test.ids == alone.target.test.ids
        assert set(scene.target.train.ids) <= set(alone.target.train.ids)
        names = originals(scene.target.train.ids)
        assert all(names.count(name) == 3 for name in set(names))


def test_a_number_of_classes_can_be_a_level_of_an_axis(source, target):
    train = Partial(2, alike=[0.9]).apply(source, target, 5).target.train
    assert classes(train) == {0, 1}
    assert len(train) == 40 * 3


def test_equally_many_digits_are_adapted_to_whatever_is_removed():
    tasks = [Digits("fonts", "uci", Partial(None, 0, s, SHARES)) for s in SHARES]
    assert len({task.split()["n"]["t_adapt"] for task in tasks}) == 1
    assert [covariates(task)["target_classes"] for task in tasks] == [10, 8, 5, 3, 1]
    # classes are equally frequent in the source
    for task, kept in zip(tasks, (10, 8, 5, 3, 1), strict=True):
        assert covariates(task)["tv"] == pytest.approx(1 - kept / 10, abs=0.02)


def test_published_results_keep_their_samples():
    # of the committed records
    digest = "f98ef815ee16eb3bcf8e4cf70e4c0f8b98e24ab3eb93c4d5b7916daf1d14480e"
    assert Digits("fonts", "uci", Partial()).split()["sha256"] == digest


def test_samples_in_files_are_left_out_without_reading(source, target):
    scene = Partial(removed=0.5, alike=SHARES).apply(source, in_files(target), 5)
    assert len(scene.target.train.inputs) == len(scene.target.train)


def test_a_number_and_a_share_of_classes_at_once_are_refused():
    with pytest.raises(ValueError, match=r"got classes=2 and removed=0\.5; leave one out"):
        Partial(2, removed=0.5)


@pytest.mark.parametrize("options", [{"removed": 1.0}, {"removed": -0.1}, {"alike": [1.0]}])
def test_impossible_shares_of_classes_are_refused(options):
    with pytest.raises(ValueError, match=r"removed lies in \[0, 1\); got removed="):
        Partial(**options)
