import pytest
import torch

from da.data import (
    Corruption,
    Digits,
    Domain,
    FullTrain,
    Halves,
    Inductive,
    LabelShift,
    OpenSet,
    Partial,
    Plain,
    SmallTarget,
    SourceNoise,
    Spurious,
    Subsets,
    Transductive,
    UnrelatedSource,
)
from da.data.samples import originals
from tests.data.toys import Table, images, in_files, samples


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


def test_halves_share_no_original_and_miss_none(target):
    scene = Halves().apply(target, target, 5)
    first, second = set(originals(scene.source.train.ids)), set(originals(scene.target.train.ids))
    assert not first & second
    assert first | second == set(originals(target.train.ids))
    assert len(first) == len(second) == 120
    assert scene.target.test is target.test
    assert scene.weights.tolist() == [1.0] * 40


@pytest.mark.parametrize("scenario", [Partial(2), LabelShift(), Halves(), OpenSet(2), Spurious()])
def test_what_is_built_from_labels_refuses_a_target_without(scenario, source, target):
    unlabeled = Domain(target.train.without_labels())
    with pytest.raises(ValueError, match="built from the labels of the target"):
        scenario.apply(source, unlabeled, 5)
    assert len(Plain().apply(source, unlabeled, 5).weights) == 0


STRESSED = {
    "label shift": LabelShift(1.0, 0, [float("inf"), 0.3]),
    "partial": Partial(removed=0.5, draw=1, alike=[0.75]),
    "source noise": SourceNoise(0.4),
    "pair noise": SourceNoise(0.4, "pair"),
    "unrelated data": UnrelatedSource(0.5),
    "swapped classes": UnrelatedSource(0.5, "classes"),
    "small target": SmallTarget(30),
    "noise": Corruption(4, "noise"),
    "spurious": Spurious(0.8),
}
#: Those that leave each side of a task as it is.
SOURCE_STAYS = ("label shift", "partial", "small target", "noise")
TARGET_STAYS = ("source noise", "pair noise", "unrelated data", "swapped classes", "small target")


@pytest.mark.parametrize("name", STRESSED)
def test_a_stressed_task_of_digits_can_be_trained_and_scored(name):
    task, plain = (Digits("fonts", "uci", scenario) for scenario in (STRESSED[name], None))
    batch = next(iter(_steps(task)))
    assert batch["source"][0].shape == batch["target"].shape == (64, 3, 28, 28)
    if name != "partial":  # whose test lacks classes
        assert task.report_data.test.ids == plain.report_data.test.ids
    assert task.split()["n"]["t_test"] == len(task.report_data.test)
    _check_sides(name, task, plain)


@pytest.mark.parametrize(
    "protocol", [Inductive(), FullTrain(), Transductive(), Subsets({"alpha": 200, "beta": 160})]
)
@pytest.mark.parametrize("name", STRESSED)
def test_a_stressed_task_of_features_can_be_trained_and_scored(name, protocol):
    task, plain = (Table("alpha", "beta", s, protocol) for s in (STRESSED[name], None))
    batch = next(iter(_steps(task)))
    assert batch["source"][0].shape == batch["target"].shape == (64, 5)
    if name != "partial":
        assert task.report_data.test.ids == plain.report_data.test.ids
    assert task.split() == Table("alpha", "beta", STRESSED[name], protocol).split()
    _check_sides(name, task, plain)


def _steps(task):
    task.trainer = type("Trainer", (), {"max_steps": 1, "strategy": _Strategy})()
    return task.train_dataloader()


class _Strategy:
    root_device = torch.device("cpu")


def _check_sides(name, task, plain):
    """Compare both domains of a task with those of the task as it is."""
    pairs = {
        "source": (task.scene.source.train, plain.scene.source.train),
        "target": (task.scene.target.train, plain.scene.target.train),
    }
    same = {
        side: one.ids == other.ids
        and torch.equal(one.inputs, other.inputs)
        and torch.equal(one.labels, other.labels)
        for side, (one, other) in pairs.items()
    }
    assert same == {"source": name in SOURCE_STAYS, "target": name in TARGET_STAYS}


@pytest.mark.parametrize("name", SOURCE_STAYS)
def test_a_source_that_stays_is_the_same_object(name, source, target):
    assert STRESSED[name].apply(source, target, 5).source is source


@pytest.mark.parametrize("name", TARGET_STAYS)
def test_a_target_that_stays_is_the_same_object(name, source, target):
    scene = STRESSED[name].apply(source, target, 5)
    assert scene.target is target
    assert scene.weights.tolist() == [1.0] * 40


@pytest.mark.parametrize("name", [*TARGET_STAYS, "noise"])
def test_what_needs_no_target_labels_takes_a_target_without(name, source, target):
    scene = STRESSED[name].apply(source, Domain(target.train.without_labels()), 5)
    assert not hasattr(scene.target.train, "labels")
    assert scene.target.test is None
    assert len(scene.weights) == 0


@pytest.mark.parametrize(
    "scenario", [UnrelatedSource(0.5), Corruption(1, "rotation"), Spurious(0.8)]
)
def test_samples_in_files_are_not_changed(scenario):
    one = Domain(images("one", [4] * 3), images("one-test", [2] * 3))
    with pytest.raises(ValueError, match="changes pixels or features in memory, and the samples"):
        scenario.apply(in_files(one), in_files(one), 3)


@pytest.mark.parametrize(
    "scenario",
    [
        SourceNoise(0.0),
        UnrelatedSource(0.0),
        UnrelatedSource(0.0, "classes"),
        Corruption(0),
        SmallTarget(10_000),
    ],
)
def test_level_zero_is_the_task_as_it_is_also_in_files(scenario, source, target):
    source, target = in_files(source), in_files(target)
    scene = scenario.apply(source, target, 5)
    assert scene.source is source
    assert scene.target is target
