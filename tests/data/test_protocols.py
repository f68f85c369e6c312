from typing import ClassVar

import pytest
import torch

from da.data import (
    Domain,
    FullTrain,
    HeldOut,
    Inductive,
    Inputs,
    PerClass,
    Resplit,
    Samples,
    Subsets,
    Transductive,
    TransferTask,
)
from da.data.samples import originals

CLASSES = 4


def samples(prefix, size, copies=1, labels=None):
    """Samples whose only feature is their number; copies share what stands before the #."""
    numbers = torch.arange(size)
    ids = [f"{prefix}-{i // copies:04d}" for i in range(size)]
    if copies > 1:
        ids = [f"{name}#{i % copies}" for i, name in enumerate(ids)]
    labels = (numbers // copies) % CLASSES if labels is None else labels
    return Samples(numbers[:, None].float(), labels, tuple(ids))


class Numbers(TransferTask):
    """Three domains: with a test side, with a smaller one, and with copies and none."""

    domains = ("large", "small", "copied")
    num_classes = CLASSES
    sides: ClassVar = {
        "large": Domain(samples("large-train", 400), samples("large-test", 100)),
        "small": Domain(samples("small-train", 200), samples("small-test", 60)),
        "copied": Domain(samples("copied", 240, copies=3)),
    }

    def domain(self, name):
        self._check_domain(name)
        return self.sides[name]


class Reversed(Numbers):
    """The same samples in another order."""

    sides: ClassVar = {
        name: Domain(
            *(s and s.select(range(len(s) - 1, -1, -1)) for s in (domain.train, domain.test))
        )
        for name, domain in Numbers.sides.items()
    }


PROTOCOLS = {
    "inductive": Inductive(),
    "full-train": FullTrain(),
    "held out": HeldOut(0.1),
    "transductive": Transductive(),
    "subsets": Subsets({"large": 50, "small": 40}),
    "subsets official": Subsets({"large": 50, "small": 40}, test="official"),
    "per class": PerClass(5),
    "resplit": Resplit({"small": 208}, {"large": 300}),
}


def parts(protocol, source="large", target="small", task=Numbers):
    """Ids of all five parts: source train and val, target adapt, val and test."""
    task = task(source, target, protocol=protocol)
    data, report = task.training_data, task.report_data
    return tuple(
        s.ids
        for s in (
            data.source_train,
            data.source_val,
            data.target_adapt,
            data.target_val,
            report.test,
        )
    )


@pytest.mark.parametrize(
    ("name", "sizes"),
    [
        ("inductive", (320, 80, 150, 50, 60)),
        ("full-train", (400, 100, 200, 200, 60)),
        ("held out", (360, 40, 180, 20, 60)),
        ("transductive", (400, 400, 200, 200, 200)),
        ("subsets", (50, 50, 40, 40, 40)),
        ("subsets official", (50, 50, 40, 40, 60)),
        ("per class", (20, 20, 200, 200, 200)),
        ("resplit", (300, 100, 208, 208, 52)),
    ],
)
def test_each_part_has_its_size(name, sizes):
    assert tuple(map(len, parts(PROTOCOLS[name]))) == sizes


def test_without_test_samples_the_inductive_protocol_holds_a_fifth_out():
    _, _, adapt, val, test = parts(Inductive(), target="copied")
    assert (len(adapt), len(val), len(test)) == (144, 48, 48)


@pytest.mark.parametrize("name", PROTOCOLS)
def test_parts_are_the_same_each_time(name):
    assert parts(PROTOCOLS[name]) == parts(PROTOCOLS[name])


@pytest.mark.parametrize("name", PROTOCOLS)
def test_the_order_of_samples_makes_no_difference(name):
    first, second = (parts(PROTOCOLS[name], task=task) for task in (Numbers, Reversed))
    assert [set(a) for a in first] == [set(b) for b in second]
    assert first != second  # they did come in another order


@pytest.mark.parametrize("name", PROTOCOLS)
def test_labels_stay_with_their_samples(name):
    task = Numbers("large", "small", protocol=PROTOCOLS[name])
    data, report = task.training_data, task.report_data
    for part in (data.source_train, data.source_val, report.test, report.adapt):
        numbers = torch.tensor([int(i[-4:]) for i in part.ids])
        assert torch.equal(part.labels, numbers % CLASSES)
        assert torch.equal(part.inputs[:, 0], numbers.float())


@pytest.mark.parametrize("name", PROTOCOLS)
def test_training_sees_no_label_of_the_target(name):
    data = Numbers("large", "small", protocol=PROTOCOLS[name]).training_data
    for part in (data.target_adapt, data.target_val):
        assert isinstance(part, Inputs)
        assert not hasattr(part, "labels")


@pytest.mark.parametrize(
    "name", ["inductive", "full-train", "held out", "subsets official", "resplit"]
)
def test_scored_samples_were_never_adapted_to(name):
    train, val, adapt, target_val, test = map(set, parts(PROTOCOLS[name]))
    assert not test & (adapt | target_val)
    assert not (train | val) & (adapt | target_val | test)


@pytest.mark.parametrize("name", ["transductive", "subsets", "per class"])
def test_transductive_protocols_score_what_was_adapted_to(name):
    train, val, adapt, target_val, test = parts(PROTOCOLS[name])
    assert adapt == target_val == test
    assert train == val


@pytest.mark.parametrize("name", ["transductive", "subsets", "per class"])
def test_the_ceiling_of_a_transductive_protocol_trains_on_what_is_scored(name):
    task = Numbers("large", "small", protocol=PROTOCOLS[name], labeled_domain="target")
    assert task.training_data.source_train.ids == task.report_data.test.ids


@pytest.mark.parametrize("name", ["inductive", "full-train", "subsets official", "resplit"])
def test_the_ceiling_of_the_others_does_not(name):
    task = Numbers("large", "small", protocol=PROTOCOLS[name], labeled_domain="target")
    assert task.training_data.source_train.ids[0].startswith("small")
    assert not set(task.training_data.source_train.ids) & set(task.report_data.test.ids)


@pytest.mark.parametrize(("source", "target"), [("copied", "small"), ("large", "copied")])
def test_copies_of_one_original_never_straddle_inductive_parts(source, target):
    train, val, adapt, target_val, test = map(
        set, map(originals, parts(Inductive(), source, target))
    )
    assert not train & val
    assert not adapt & target_val
    assert not test & (adapt | target_val)


def test_inductive_validation_has_equal_shares_of_the_source_classes():
    data = Numbers("large", "small").training_data
    assert data.source_val.labels.bincount().tolist() == [20] * CLASSES


def test_full_train_validates_the_source_on_its_own_test_samples():
    train, val, *_ = parts(FullTrain())
    assert all(i.startswith("large-test") for i in val)
    assert len(val) == 100
    train, val, *_ = parts(FullTrain(), source="copied")
    assert train == val


@pytest.mark.parametrize("direction", [("large", "small"), ("small", "large")])
def test_subset_sizes_go_by_domain_in_both_directions(direction):
    sizes = {"large": 50, "small": 40}
    train, _, adapt, _, test = parts(Subsets(sizes), *direction)
    assert (len(train), len(adapt)) == tuple(sizes[name] for name in direction)
    assert all(i.startswith(f"{direction[0]}-train") for i in train)
    assert all(i.startswith(f"{direction[1]}-train") for i in test)


def test_both_directions_use_the_same_subsets():
    forth, back = (
        parts(PROTOCOLS["subsets"], *direction)
        for direction in (("large", "small"), ("small", "large"))
    )
    assert forth[0] == back[2]
    assert forth[2] == back[0]


@pytest.mark.parametrize(
    "make",
    [
        lambda draw: Subsets({"large": 50, "small": 40}, draw=draw),
        lambda draw: PerClass(5, draw=draw),
        lambda draw: Resplit({"small": 208}, {"large": 300}, draw=draw),
    ],
    ids=["subsets", "per class", "resplit"],
)
def test_draws_differ_in_members_and_name_and_nothing_else(make):
    drawn = [parts(make(draw)) for draw in range(3)]
    assert len({p[0] + p[4] for p in drawn}) == 3
    assert len({tuple(map(len, p)) for p in drawn}) == 1
    assert len({make(draw).name for draw in range(3)}) == 3


def test_a_larger_subset_holds_the_smaller_one():
    small, large = (parts(Subsets({"large": n, "small": 40}))[0] for n in (50, 60))
    assert set(small) < set(large)


def test_per_class_draws_as_many_of_each_class():
    data = Numbers("large", "small", protocol=PerClass(5, {"small": 3})).training_data
    assert data.source_train.labels.bincount().tolist() == [5] * CLASSES
    data = Numbers("small", "large", protocol=PerClass(5, {"small": 3})).training_data
    assert data.source_train.labels.bincount().tolist() == [3] * CLASSES


def test_resplit_pools_both_sides_of_a_domain():
    _, _, adapt, _, test = parts(PROTOCOLS["resplit"])
    both = {*Numbers.sides["small"].train.ids, *Numbers.sides["small"].test.ids}
    assert {*adapt, *test} == both
    assert any(i.startswith("small-test") for i in adapt)
    assert any(i.startswith("small-train") for i in test)


def test_resplit_keeps_the_first_samples_and_the_test_side_of_the_other_domain():
    train, val, *_ = parts(PROTOCOLS["resplit"])
    assert train == Numbers.sides["large"].train.ids[:300]
    assert val == Numbers.sides["large"].test.ids
    *_, adapt, _, test = parts(PROTOCOLS["resplit"], "small", "large")
    assert adapt == Numbers.sides["large"].train.ids[:300]
    assert test == Numbers.sides["large"].test.ids


def test_resplit_defaults_to_the_sizes_of_the_papers():
    assert Resplit().name == "resplit usps=7438, first 55000 of mnist, draw 0"


@pytest.mark.parametrize(
    ("protocol", "name"),
    [
        (Inductive(), "inductive"),
        (FullTrain(), "full-train"),
        (HeldOut(0.2), "full-train, 0.2 held out"),
        (Transductive(), "transductive"),
        (
            Subsets({"usps": 1800, "mnist": 2000}, draw=2),
            "subsets mnist=2000/usps=1800, scored on subset, draw 2",
        ),
        (
            Subsets({"usps": 1800}, test="official"),
            "subsets usps=1800, scored on official, draw 0",
        ),
        (PerClass(20, {"dslr": 8}), "20 per class, 8 of dslr, draw 0"),
    ],
)
def test_a_name_says_all_that_the_parts_depend_on(protocol, name):
    assert protocol.name == name
    task = Numbers("large", "small", protocol=PROTOCOLS["subsets"])
    assert task.split()["protocol"] == PROTOCOLS["subsets"].name


@pytest.mark.parametrize("name", ["inductive", "full-train", "transductive", "subsets"])
def test_a_target_that_nobody_labelled_can_be_adapted_to_but_not_scored(name, monkeypatch):
    domain = Domain(Numbers.sides["small"].train.without_labels())
    monkeypatch.setitem(Numbers.sides, "small", domain)
    task = Numbers("large", "small", protocol=PROTOCOLS[name])
    assert len(task.training_data.target_adapt) > 0
    with pytest.raises(ValueError, match="'small' has no labels to measure with"):
        task.report_data  # noqa: B018


def run(protocol, source="large", target="small"):
    return lambda: parts(protocol, source, target)


@pytest.mark.parametrize(
    ("act", "message"),
    [
        (
            run(FullTrain(), target="copied"),
            "the domain 'copied' has no test samples of its own; choose the protocol Inductive",
        ),
        (lambda: Subsets({}), r"a subset has at least 1 sample and a draw .* got \{\}, draw=0"),
        (lambda: Subsets({"a": 1}, draw=-1), "a draw is not negative; got .* draw=-1"),
        (
            run(Subsets({"large": 50})),
            "the protocol Subsets has no size for the domain 'small'; it has large",
        ),
        (
            run(Subsets({"large": 401, "small": 40})),
            "a subset of 401 is larger than the domain 'large', which has 400 samples",
        ),
        (
            run(Subsets({"large": 9, "copied": 9}, test="official"), target="copied"),
            "'copied' has no test samples of its own",
        ),
        (lambda: PerClass(0), r"a class has at least 1 sample .* got \[0\], draw=0"),
        (lambda: PerClass(5, {"a": 0}), r"got \[5, 0\]"),
        (run(PerClass(101)), "class 0 of the domain 'large' has 100 samples; choose at most"),
        (lambda: Resplit({"a": 0}), "keeps at least 1 training sample and a draw is not negative"),
        (lambda: Resplit({"a": 1}, {"a": 1}), "the domain 'a' is either divided anew or keeps"),
        (
            run(Resplit({"small": 260}, {})),
            "the domain 'small' has 260 samples in all, and some have to be left to test; "
            "got train=260",
        ),
        (
            run(Resplit({}, {"large": 401})),
            "the domain 'large' has 400 training samples; got first=401",
        ),
        (
            run(Resplit({"copied": 200}, {}), source="copied"),
            "'copied' holds copies of one original, which the protocol Resplit would put on both",
        ),
    ],
)
def test_an_impossible_protocol_is_refused_in_one_sentence(act, message):
    with pytest.raises(ValueError, match=message) as error:
        act()
    assert "\n" not in str(error.value)


def test_a_source_without_labels_is_refused(monkeypatch):
    monkeypatch.setitem(
        Numbers.sides, "large", Domain(Numbers.sides["large"].train.without_labels())
    )
    for name in ("inductive", "full-train", "per class"):
        with pytest.raises(ValueError, match="the source has no labels; choose a labelled domain"):
            Numbers("large", "small", protocol=PROTOCOLS[name]).training_data  # noqa: B018
