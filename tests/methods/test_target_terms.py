"""Methods whose term is one quantity of the target's predictions."""

import pytest
import torch

from da.batch import Labeled, Unlabeled
from da.methods import BNM, FBNM, MCC, InformationMaximization, MinEnt, PseudoLabel
from da.schedules import constant

P4 = torch.tensor([[0.7, 0.2, 0.1], [0.1, 0.8, 0.1], [0.3, 0.3, 0.4], [0.05, 0.05, 0.9]])
NOTHING = Labeled(torch.zeros(2, 8), torch.zeros(2, 3), torch.zeros(2, dtype=torch.long))
TARGET = Unlabeled(torch.zeros(4, 8), P4.log())


@pytest.mark.parametrize(
    ("cls", "options", "value"),
    [
        (MinEnt, {}, 0.7310370197465452),
        (InformationMaximization, {}, -0.36174106744793666),
        (BNM, {}, -0.6405285802949909),
        (FBNM, {}, -2.6436474446 / 4),
        (MCC, {}, 0.614015862092028),
        (MCC, {"temperature": 1.0}, 0.406860301386134),
        # only the second and the fourth are labelled, of four
        (PseudoLabel, {"threshold": 0.75}, -(torch.tensor([0.8, 0.9]).log().sum().item()) / 4),
    ],
)
def test_term_is_the_weighted_quantity_of_the_target(build, cls, options, value):
    method = build(cls, weight=0.5, ramp=constant, **options)
    method._trainer = type("Run", (), {"global_step": 0, "max_steps": 1})()
    assert method.adaptation_loss(NOTHING, TARGET).item() == pytest.approx(0.5 * value, rel=1e-5)


def test_pseudo_labels_tell_how_many_there_are(build):
    method = build(PseudoLabel, threshold=0.75, ramp=constant)
    method._trainer = type("Run", (), {"global_step": 0, "max_steps": 1})()
    method.adaptation_loss(NOTHING, TARGET)
    assert method.monitored["confident"] == 0.5


@pytest.mark.parametrize("cls", [MinEnt, InformationMaximization, BNM, FBNM, MCC])
def test_training_makes_the_target_certain(build, stripes, trainer, cls):
    doubt = []
    for weight in (0.0, 1.0):
        method, task = build(cls, weight=weight, ramp=constant), stripes()
        trainer(max_steps=40).fit(method, task)
        with torch.no_grad():
            logits = method(next(iter(task.evaluation(task.training_data.target_adapt))))
        doubt.append(1 - logits.softmax(1).max(1).values.mean().item())
    assert doubt[1] < doubt[0] / 10


@pytest.mark.parametrize(
    ("cls", "options", "sentence"),
    [
        (MCC, {"temperature": 0.0}, r"a temperature is positive; got temperature=0\.0"),
        (PseudoLabel, {"threshold": 1.5}, r"lies in \[0, 1\]; got threshold=1\.5"),
    ],
)
def test_refuses_a_value_out_of_range(build, cls, options, sentence):
    with pytest.raises(ValueError, match=sentence):
        build(cls, **options)
