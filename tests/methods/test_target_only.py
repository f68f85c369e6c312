import pytest
import torch

from da.methods import SourceOnly, TargetOnly


class OnTarget(SourceOnly):
    """Source-only, which takes the target for the source."""

    labeled_domain = "target"


def test_is_source_only_whose_source_is_the_target(build, stripes, trainer):
    states = []
    for cls in (TargetOnly, OnTarget):
        method, task = build(cls), stripes(labeled_domain="target")
        trainer().fit(method, task)
        states.append(method.state_dict())
    assert all(torch.equal(states[0][k], states[1][k]) for k in states[0])


def test_is_the_ceiling(build, stripes, trainer):
    accuracies = {}
    for cls in (SourceOnly, TargetOnly):
        method, task = build(cls), stripes(labeled_domain=cls.labeled_domain)
        run = trainer(max_steps=60)
        run.fit(method, task)
        accuracies[cls] = run.test(method, task, verbose=False)[0]["oracle/accuracy"]
    assert accuracies[TargetOnly] > 0.9
    assert accuracies[SourceOnly] < 0.6  # the target is the negative of the source


def test_trains_on_no_sample_that_it_is_tested_on(stripes):
    task = stripes(labeled_domain="target")
    trained = {*task.training_data.source_train.ids, *task.training_data.source_val.ids}
    assert all(i.startswith("dark-train") for i in trained)
    assert not trained & set(task.report_data.test.ids)


def test_trains_on_as_many_labels_as_it_says(build, stripes, trainer):
    method = build(TargetOnly, labels_per_class=2)
    task = stripes(labeled_domain="target", labels_per_class=2)
    run = trainer()
    run.fit(method, task)
    assert torch.bincount(task.training_data.source_train.labels).tolist() == [2, 2, 2]
    assert method.hparams["labels_per_class"] == 2


@pytest.mark.parametrize(("own", "offered"), [(2, None), (None, 2), (1, 2)])
def test_data_that_offers_another_number_of_labels_is_refused(
    build, stripes, trainer, own, offered
):
    method = build(TargetOnly, labels_per_class=own)
    sentence = f"trains on {own or 'all'} labels of each class, but the data offers"
    with pytest.raises(ValueError, match=f"{sentence} {offered or 'all'}; set data.labels_per"):
        trainer().fit(method, stripes(labeled_domain="target", labels_per_class=offered))


def test_less_than_one_label_is_refused(build):
    with pytest.raises(ValueError, match="at least 1 label, or all it has with null; got labels_"):
        build(TargetOnly, labels_per_class=0)
