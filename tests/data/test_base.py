import dataclasses

import pytest
import torch

from da.data import Domain, Halves, Inputs, LabelShift, Partial, Samples, TransferTask
from da.data.samples import originals


def samples(name, n, copies=1):
    rng = torch.Generator().manual_seed(len(name))
    ids = [f"{name}/{i // copies}#{i % copies}" for i in range(n)]
    labels = torch.arange(n) // copies % 4
    return Samples(torch.randn(n, 3, generator=rng), labels, tuple(ids))


class Toy(TransferTask):
    domains = ("alpha", "beta")
    num_classes = 4
    permute_target_labels = False

    def domain(self, name):
        domain = Domain(samples(name, 240, copies=3), samples(f"{name}-test", 40))
        if name == "beta" and self.permute_target_labels:
            sides = (domain.train, domain.test)
            return Domain(*(dataclasses.replace(s, labels=s.labels.flip(0)) for s in sides))
        return domain


class Relabeled(Toy):
    permute_target_labels = True


def test_an_unknown_domain_gets_a_suggestion():
    with pytest.raises(
        ValueError, match=r"Toy has no domain 'aplha'; it has alpha, beta; did you mean 'alpha'\?"
    ):
        Toy("beta", "aplha")


def test_a_domain_like_none_gets_the_list_alone():
    with pytest.raises(ValueError, match=r"Toy has no domain 'xyz'; it has alpha, beta$"):
        Toy("xyz", "alpha")


def test_one_domain_as_source_and_target_is_refused():
    with pytest.raises(ValueError, match="source and target are both 'alpha'"):
        Toy("alpha", "alpha")
    with pytest.raises(ValueError, match="source and target are both 'alpha'"):
        Toy("alpha", "alpha", Partial(2))


def test_halves_accept_one_domain_and_nothing_else():
    assert Toy("alpha", "alpha", Halves()).training_data.source_train.ids
    with pytest.raises(ValueError, match="Halves halves one domain"):
        Toy("alpha", "beta", Halves())


@pytest.mark.parametrize("bad", [{"batch_size": 0}, {"shift": -1}, {"workers": -1}])
def test_impossible_batches_are_refused(bad):
    with pytest.raises(ValueError, match="at least 1 sample, a shift at least 0 pixels, and"):
        Toy("alpha", "beta", **bad)


def test_a_training_loader_needs_a_number_of_steps():
    with pytest.raises(ValueError, match="counted in steps; got max_steps=-1; set"):
        Toy("alpha", "beta").train_dataloader()


def test_training_sees_no_label_field_of_the_target():
    data = Toy("alpha", "beta").training_data
    for seen in (data.target_adapt, data.target_val):
        assert type(seen) is Inputs
        assert not hasattr(seen, "labels")
    assert {f.name for f in dataclasses.fields(Inputs)} == {"inputs", "ids"}


def test_permuted_target_labels_change_nothing_that_training_sees():
    one, other = (task("alpha", "beta").training_data for task in (Toy, Relabeled))
    for field in dataclasses.fields(one):
        first, second = getattr(one, field.name), getattr(other, field.name)
        assert first.ids == second.ids
        assert torch.equal(first.inputs, second.inputs)
    assert torch.equal(one.source_train.labels, other.source_train.labels)
    # the test can fail: the labels that the report sees did change
    reports = [task("alpha", "beta").report_data.test.labels for task in (Toy, Relabeled)]
    assert not torch.equal(*reports)


def test_splits_have_the_shares_of_the_protocol():
    task = Toy("alpha", "beta")
    data, report = task.training_data, task.report_data
    sizes = [len(data.source_train), len(data.source_val), len(data.target_adapt)]
    assert [*sizes, len(data.target_val), len(report.test)] == [192, 48, 180, 60, 40]
    assert torch.bincount(data.source_val.labels).tolist() == [12] * 4
    assert task.split()["n"] == {
        "s_train": 192,
        "s_val": 48,
        "t_adapt": 180,
        "t_val": 60,
        "t_test": 40,
    }


def test_copies_never_straddle_two_parts():
    task = Toy("alpha", "beta")
    data, report = task.training_data, task.report_data
    parts = [data.source_train, data.source_val, data.target_adapt, data.target_val, report.test]
    names = [set(originals(part.ids)) for part in parts]
    for i, first in enumerate(names):
        for second in names[i + 1 :]:
            assert not first & second


def test_the_seed_and_the_batch_size_do_not_change_the_split():
    first = Toy("alpha", "beta").split()
    assert Toy("alpha", "beta", seed=7, batch_size=8, shift=1).split() == first
    assert Toy("alpha", "beta", LabelShift()).split() != first


def test_the_ceiling_trains_on_labels_of_the_target_pool_only():
    task = Toy("alpha", "beta", labeled_domain="target")
    data = task.training_data
    labeled = set(originals(data.source_train.ids)) | set(originals(data.source_val.ids))
    assert labeled == set(originals(task.domain("beta").train.ids))
    assert not labeled & set(originals(task.report_data.test.ids))
    plain = Toy("alpha", "beta").training_data
    assert data.target_adapt.ids == plain.target_adapt.ids


def test_the_transductive_score_is_on_the_samples_adapted_to():
    task = Toy("alpha", "beta")
    adapt = task.report_data.adapt
    assert adapt.ids == task.training_data.target_adapt.ids
    assert torch.equal(adapt.inputs, task.training_data.target_adapt.inputs)


def test_evaluation_loaders_hold_target_labels_in_the_test_alone():
    task = Toy("alpha", "beta")
    source_val, target_val = task.val_dataloader()
    assert all(isinstance(batch, tuple) for batch in source_val)
    assert all(isinstance(batch, torch.Tensor) for batch in target_val)
    assert all(isinstance(batch, torch.Tensor) for batch in task.predict_dataloader())
    labels = torch.cat([labels for _, labels in task.test_dataloader()])
    assert torch.equal(labels, task.report_data.test.labels)


def test_a_partial_target_is_partial_wherever_the_target_appears():
    task = Toy("alpha", "beta", Partial(2))
    classes = dict(
        zip(task.domain("beta").train.ids, task.domain("beta").train.labels, strict=True)
    )
    for part in (task.training_data.target_adapt, task.training_data.target_val):
        assert {int(classes[i]) for i in part.ids} == {0, 1}
    assert set(task.report_data.test.labels.tolist()) == {0, 1}
    assert set(task.report_data.adapt.labels.tolist()) == {0, 1}
    assert set(task.training_data.source_train.labels.tolist()) == {0, 1, 2, 3}
    assert len(task.report_data.weights) == len(task.report_data.test)


def test_classes_are_named_by_their_number_by_default():
    assert Toy("alpha", "beta").class_names == ["0", "1", "2", "3"]


class Unlabeled(Toy):
    def domain(self, name):
        domain = super().domain(name)
        return Domain(domain.train.without_labels()) if name == "beta" else domain


class Three(Toy):
    domains = ("alpha", "beta", "gammas")


def test_a_target_that_nobody_has_labels_of_can_be_adapted_to():
    task = Unlabeled("alpha", "beta")
    assert len(task.training_data.target_adapt) == 180
    assert len(list(task.predict_dataloader())) == 1
    with pytest.raises(ValueError, match="the target 'beta' has no labels to measure with"):
        _ = task.report_data


def test_a_source_without_labels_is_refused():
    with pytest.raises(ValueError, match="the source has no labels"):
        _ = Unlabeled("beta", "alpha").training_data


def test_sources_can_be_joined():
    task = Three("alpha+gammas", "beta")
    data = task.training_data
    assert {i.split("/")[0] for i in data.source_train.ids} == {"alpha", "gammas"}
    assert len(data.source_train) + len(data.source_val) == 480
    alone = Three("alpha", "beta").scene.source.train
    joined = task.scene.source.train
    assert torch.equal(joined.inputs[:240], alone.inputs)
    assert joined.ids[0] == f"alpha/{alone.ids[0]}"


def test_joined_sources_differ_from_each_other_and_from_the_target():
    for source in ("alpha+beta", "alpha+alpha"):
        with pytest.raises(ValueError, match="joined sources and the target are different"):
            Three(source, "beta")
    with pytest.raises(ValueError, match="has no domain 'delta'"):
        Three("alpha+delta", "beta")


@pytest.mark.parametrize(("balance", "strata"), [("classes", 4), ("domains", 2)])
def test_batches_can_be_balanced(balance, strata):
    task = Three("alpha+gammas", "beta", balance=balance)
    source = task.training_data.source_train
    values = task._strata(source)
    assert len(values) == len(source)
    assert len(values.unique()) == strata
    if balance == "domains":
        names = [i.split("/")[0] for i in source.ids]
        assert len({(n, int(v)) for n, v in zip(names, values, strict=True)}) == 2


def test_without_balance_there_are_no_strata():
    task = Toy("alpha", "beta")
    assert task._strata(task.training_data.source_train) is None


def test_a_few_labels_of_each_class_are_all_that_the_ceiling_has():
    options = {"labeled_domain": "target", "seed": 3}
    every = set(Toy("alpha", "beta", **options).training_data.source_train.ids)
    chosen = {}
    for count in (1, 5, 100):
        data = Toy("alpha", "beta", labels_per_class=count, **options).training_data
        assert data.source_val.ids == data.source_train.ids
        classes = [data.source_train.labels[data.source_train.labels == c] for c in range(4)]
        chosen[count] = set(data.source_train.ids)
        # a label is that of an original, of which there are three copies
        assert [len(members) for members in classes] == [3 * min(count, 16)] * 4
    assert chosen[1] < chosen[5] < chosen[100] == every


def test_each_seed_draws_labels_of_its_own_and_is_tested_on_the_same_samples():
    tasks = [Toy("alpha", "beta", labeled_domain="target", labels_per_class=2) for _ in range(2)]
    other = Toy("alpha", "beta", labeled_domain="target", labels_per_class=2, seed=1)
    drawn = [task.training_data.source_train.ids for task in (*tasks, other)]
    assert drawn[0] == drawn[1] != drawn[2]
    plain = Toy("alpha", "beta")
    for task in (*tasks, other):
        assert task.report_data.test.ids == plain.report_data.test.ids
        assert task.training_data.target_adapt.ids == plain.training_data.target_adapt.ids


def test_fewer_samples_than_a_batch_repeat_in_equal_shares():
    task = Toy("alpha", "beta", labeled_domain="target", labels_per_class=1)
    task.trainer = type("Trainer", (), {"max_steps": 1, "strategy": None})()
    task.trainer.strategy = type("Strategy", (), {"root_device": torch.device("cpu")})()
    (batch,) = task.train_dataloader()
    assert torch.bincount(batch["source"][1]).tolist() == [16] * 4


def test_less_than_one_label_of_a_class_is_refused():
    with pytest.raises(ValueError, match="at least 1 label, or all it has with null; got labels_"):
        Toy("alpha", "beta", labeled_domain="target", labels_per_class=0)
