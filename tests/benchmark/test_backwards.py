from dataclasses import replace

import pytest
import torch
from sklearn.linear_model import LogisticRegression
from small import changed, only, short, suite, train

from da.benchmark.backwards import backwards, best_on_source, reverse_validation
from da.benchmark.execute import build

REVERSED = {"reverse_validation": True}
LOGISTIC = {
    "model": {
        "class_path": "da.methods.Shallow",
        "init_args": {
            "baseline": {"class_path": "da.shallow.NoAdaptation"},
            "classifier": "da.shallow.logistic_regression",
            "backbone": {
                "class_path": "da.backbones.MLP",
                "init_args": {"hidden": [], "batch_norm": False},
            },
        },
    }
}


def a_run(method="dann", *changes):
    return changed(only(short(suite(methods=(method,))), method=method), *changes)


def constant(model, label):
    """Return weights with which the model predicts this class always."""
    zero = {k: torch.zeros_like(v) for k, v in model.classifier.state_dict().items()}
    zero["bias"][label] = 1.0
    return {**model.state_dict(), **{f"classifier.{k}": v for k, v in zero.items()}}


def test_the_way_back_learns_from_predictions_and_sees_the_source_without_labels():
    task = build(a_run()).datamodule
    data = task.training_data
    adapted = torch.arange(len(data.target_adapt)) % 2
    held_out = torch.zeros(len(data.target_val), dtype=torch.long)
    turned = backwards(task, adapted, held_out).training_data
    assert torch.equal(turned.source_train.inputs, data.target_adapt.inputs)
    assert torch.equal(turned.source_train.labels, adapted)
    assert torch.equal(turned.source_val.labels, held_out)
    assert turned.target_adapt.ids == data.source_train.ids
    assert not hasattr(turned.target_adapt, "labels")
    assert task.training_data is data


def test_the_score_is_that_of_fitting_back_by_hand():
    run = a_run("dann", LOGISTIC, REVERSED)
    (result,) = train(run)
    data = build(run).datamodule.training_data
    forward = LogisticRegression(max_iter=1000).fit(
        data.source_train.inputs, data.source_train.labels
    )
    back = LogisticRegression(max_iter=1000).fit(
        data.target_adapt.inputs, forward.predict(data.target_adapt.inputs)
    )
    right = back.predict(data.source_val.inputs) == data.source_val.labels.numpy()
    assert result.records[-1]["validators"]["circv"]["value"] == pytest.approx(
        right.mean(), abs=1e-6
    )


def test_all_checkpoints_of_a_run_carry_the_score_and_training_is_left_as_it_was():
    plain, scored = train(a_run())[0], train(a_run("dann", REVERSED))[0]
    values = {record["validators"]["circv"]["value"] for record in scored.records}
    assert len(values) == 1
    assert 0 <= values.pop() <= 1
    assert "circv" not in plain.records[0]["validators"]
    assert [r["predictions"] for r in plain.records] == [r["predictions"] for r in scored.records]


def test_a_model_that_predicts_one_class_is_scored_by_the_share_of_that_class():
    cli = build(a_run())
    states = {5: constant(cli.model, 1)}

    def train_back(model, task):
        raise AssertionError("there is nothing to learn from one class")

    score = reverse_validation(cli.model, cli.datamodule, states, cli.model, train_back)
    labels = cli.datamodule.training_data.source_val.labels
    assert score.value == pytest.approx((labels == 1).double().mean().item())


def test_training_stops_at_the_first_of_the_best_checkpoints_on_the_source():
    cli = build(a_run())
    model, task = cli.model, cli.datamodule
    data = task.training_data
    mostly_ones = torch.ones(len(data.source_val), dtype=torch.long)
    mostly_ones[0] = 0
    source_val = replace(data.source_val, labels=mostly_ones)
    task.__dict__["training_data"] = replace(data, source_val=source_val)
    states = {step: constant(model, label) for step, label in [(5, 0), (10, 1), (15, 1)]}
    assert best_on_source(model, task, states) == 10
