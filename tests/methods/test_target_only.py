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
