"""Steps are batches, however often a method steps its optimizers in one."""

import csv
from math import cos, pi

import pytest
import torch
import torch.nn.functional as F
from pytorch_lightning import Callback
from pytorch_lightning.loggers import CSVLogger
from torch import nn

from da.methods import Alternating, SourceOnly
from da.schedules import cosine_decay


class Turns(Alternating):
    """The classifier steps three times, then the backbone once, on the source alone."""

    def players(self):
        return {
            "classifier": [{"params": list(self.classifier.parameters()), "lr_scale": 2.0}],
            "backbone": [{"params": list(self.backbone.parameters()), "lr_scale": 1.0}],
        }

    def alternate(self, batch):
        for player in ("classifier", "classifier", "classifier", "backbone"):
            loss = self.task_step(batch)["loss"]
            self.minimize(**{player: loss})
        return {"loss": loss, "progress": self.progress}


class Together(Turns):
    """Both players step at once, down one loss: source-only with two optimizers."""

    def alternate(self, batch):
        outputs = self.task_step(batch)
        self.minimize(classifier=outputs["loss"], backbone=outputs["loss"])
        return outputs

    def players(self):
        players = super().players()
        players["classifier"][0]["lr_scale"] = 1.0
        return players


class Frozen(Turns):
    """The classifier alone steps."""

    def alternate(self, batch):
        loss = self.task_step(batch)["loss"]
        self.minimize(classifier=loss)
        return {"loss": loss}


class Opponents(Turns):
    """The backbone maximizes what the classifier minimizes."""

    def alternate(self, batch):
        inputs, labels = batch["source"]
        loss = F.cross_entropy(self(inputs), labels)
        own = torch.autograd.grad(loss, self.backbone.parameters(), retain_graph=True)
        self.minimize(classifier=loss, backbone=-loss)
        pairs = zip(self.backbone.parameters(), own, strict=True)
        assert all(torch.equal(p.grad, -gradient) for p, gradient in pairs)
        return {"loss": loss}


class Unused(Turns):
    """A player with a parameter that no loss depends on."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.unused = nn.Parameter(torch.ones(1))

    def players(self):
        players = super().players()
        players["classifier"][0]["params"].append(self.unused)
        return players


class Rates(Callback):
    """Keep the learning rates and the progress that each batch starts with."""

    def __init__(self):
        self.steps = []

    def on_train_batch_start(self, trainer, pl_module, batch, batch_idx):
        rates = [o.param_groups[0]["lr"] for o in trainer.optimizers]
        self.steps.append((trainer.global_step, pl_module.progress, *rates))


def test_progress_and_learning_rates_follow_the_batches(build, stripes, trainer):
    rates = Rates()
    run = trainer(max_steps=4, callbacks=[rates])
    run.fit(build(Turns, lr=0.01, lr_schedule=cosine_decay), stripes())
    assert run.global_step == 4
    for i, (step, progress, classifier, backbone) in enumerate(rates.steps):
        assert (step, progress) == (i, i / 4)
        factor = (1 + cos(pi * i / 4)) / 2
        assert (classifier, backbone) == pytest.approx((0.02 * factor, 0.01 * factor))
    assert len(rates.steps) == 4
    optimizers = run.optimizers
    assert [int(next(iter(o.state.values()))["step"]) for o in optimizers] == [12, 4]


def test_logs_at_the_same_steps_as_other_methods(build, stripes, trainer, tmp_path):
    logger = CSVLogger(tmp_path, name="", version="")
    trainer(max_steps=4, log_every_n_steps=2, logger=logger).fit(build(Turns), stripes())
    with (tmp_path / "metrics.csv").open() as file:
        rows = [{k: float(v) for k, v in row.items() if v} for row in csv.DictReader(file)]
    assert [row["step"] for row in rows] == [2, 4]
    assert [row["train/progress"] for row in rows] == [0.25, 0.75]  # during the step
    assert [(row["train/lr"], row["train/lr_1"]) for row in rows] == [(0.02, 0.01)] * 2


@pytest.mark.parametrize("schedule", [cosine_decay, None])
def test_two_players_of_one_loss_train_as_one_optimizer_would(build, stripes, trainer, schedule):
    states = []
    for cls in (Together, SourceOnly):
        method = build(cls, **({"lr_schedule": schedule} if schedule else {}))
        trainer(max_steps=5).fit(method, stripes())
        states.append(method.state_dict())
    first, second = states
    assert all(torch.equal(first[name], second[name]) for name in second)


def test_a_player_moves_its_own_parameters_alone(build, stripes, trainer):
    method = build(Frozen)
    before = {k: v.clone() for k, v in method.state_dict().items()}
    trainer(max_steps=2).fit(method, stripes())
    moved = {k for k, v in method.state_dict().items() if not torch.equal(v, before[k])}
    assert moved == {"classifier.weight", "classifier.bias"}
    assert all(p.grad is None for p in method.backbone.parameters())


def test_opponents_have_their_gradients_before_either_moves(build, stripes, trainer):
    run = trainer(max_steps=1)
    run.fit(build(Opponents), stripes())  # it compares the gradients itself
    assert [len(optimizer.state) for optimizer in run.optimizers] == [2, 6]


def test_parameters_that_a_loss_does_not_reach_stay(build, stripes, trainer):
    method = build(Unused)
    trainer(max_steps=2).fit(method, stripes())
    assert method.unused.item() == 1
