import csv
from math import log

import pytest
import torch
from pytorch_lightning.loggers import CSVLogger
from torch.nn import functional as F

from da.batch import Labeled, Unlabeled
from da.methods import DANN
from da.schedules import constant


@pytest.fixture
def features():
    """Return features of a source and of a target that are easily told apart."""
    rng = torch.Generator().manual_seed(0)
    source, target = torch.randn(6, 8, generator=rng) + 2, torch.randn(4, 8, generator=rng) - 2
    none = torch.zeros(6, 3), torch.zeros(6, dtype=torch.long), torch.zeros(4, 3)
    return Labeled(source, none[0], none[1]), Unlabeled(target, none[2])


def at(method, step, steps=10):
    """Put a method at some step of a run."""
    method._trainer = type("Run", (), {"global_step": step, "max_steps": steps})()
    return method


def test_loss_is_that_of_the_discriminator_and_no_weight_is_in_front_of_it(build, features):
    source, target = features
    losses = []
    for weight in (0.1, 1.0, 10.0):
        method = at(build(DANN, width=5, depth=1, weight=weight), 5)
        losses.append(method.adaptation_loss(source, target).item())
        logits = method.discriminator(source.features), method.discriminator(target.features)
        expected = (F.softplus(-logits[0]).mean() + F.softplus(logits[1]).mean()) / 2
        assert losses[-1] == pytest.approx(expected.item())
    assert losses[0] == losses[1] == losses[2]


@pytest.mark.parametrize(("step", "share"), [(0, 0.0), (1, 0.4621171573), (5, 0.9866142982)])
def test_reversed_gradient_grows_with_the_progress(build, features, step, share):
    source, target = (f.features.requires_grad_() for f in features)
    method = build(DANN, width=5, depth=1, weight=2.0)
    at(method, step).adaptation_loss(*features).backward()
    reversed_ = source.grad.clone(), target.grad.clone()
    source.grad = target.grad = None
    logits = method.discriminator(source), method.discriminator(target)
    ((F.softplus(-logits[0]).mean() + F.softplus(logits[1]).mean()) / 2).backward()
    torch.testing.assert_close(reversed_[0], -2 * share * source.grad)
    torch.testing.assert_close(reversed_[1], -2 * share * target.grad)


def test_a_discriminator_that_knows_nothing_has_loss_log_2(build, features):
    method = at(build(DANN, depth=0), 5)
    torch.nn.init.zeros_(method.discriminator.layers[0].weight)
    torch.nn.init.zeros_(method.discriminator.layers[0].bias)
    assert method.adaptation_loss(*features).item() == pytest.approx(log(2))
    assert method.monitored["discriminator_accuracy"] == 0.5


def test_discriminator_accuracy_counts_both_domains_alike(build, features):
    method = at(build(DANN, depth=0), 5)
    torch.nn.init.ones_(method.discriminator.layers[0].weight)
    torch.nn.init.zeros_(method.discriminator.layers[0].bias)
    method.adaptation_loss(*features)
    assert method.monitored["discriminator_accuracy"] == 1
    source, target = features
    mixed = target._replace(features=torch.cat([target.features[:2], source.features[:2]]))
    method.adaptation_loss(source, mixed)
    assert method.monitored["discriminator_accuracy"] == 0.75


def test_a_normalizing_discriminator_sees_both_domains_in_one_batch(build, features):
    source, target = features
    method = at(build(DANN, width=5, depth=1, discriminator_batch_norm=True), 5)
    loss = method.adaptation_loss(source, target)
    both = method.discriminator(torch.cat([source.features, target.features]))
    expected = (F.softplus(-both[:6]).mean() + F.softplus(both[6:]).mean()) / 2
    assert loss.item() == pytest.approx(expected.item())


def test_discriminator_learns_at_its_own_rate(build, stripes, trainer):
    method = build(DANN, width=5, lr=0.01, discriminator_lr=3.0)
    run = trainer(max_steps=1)
    run.fit(method, stripes())
    network, discriminator = run.optimizers[0].param_groups
    assert (network["lr"], discriminator["lr"]) == pytest.approx((0.01, 0.03))
    assert {id(p) for p in discriminator["params"]} == {
        id(p) for p in method.discriminator.parameters()
    }
    grouped = [id(p) for group in (network, discriminator) for p in group["params"]]
    assert sorted(grouped) == sorted(id(p) for p in method.parameters())


def test_discriminator_tells_the_domains_apart_if_the_network_does_not_resist(
    build, stripes, trainer
):
    method = build(DANN, width=20, depth=1, weight=1e-6, ramp=constant, seed=1)
    trainer(max_steps=100).fit(method, stripes())
    assert method.monitored["discriminator_accuracy"] > 0.9


def test_logs_what_a_dashboard_needs(build, stripes, trainer, tmp_path):
    logger = CSVLogger(tmp_path, name="", version="")
    run = trainer(max_steps=4, log_every_n_steps=2, logger=logger)
    run.fit(build(DANN, width=5, lr=0.01, discriminator_lr=3.0, weight=2.0), stripes())
    with (tmp_path / "metrics.csv").open() as file:
        rows = [{k: float(v) for k, v in row.items() if v} for row in csv.DictReader(file)]
    assert [row["step"] for row in rows] == [2, 4]
    for row in rows:
        assert row["train/loss"] == pytest.approx(
            row["train/task_loss"] + row["train/adaptation_loss"]
        )
        assert (row["train/lr"], row["train/lr_1"]) == pytest.approx((0.01, 0.03))
        assert 0 <= row["train/discriminator_accuracy"] <= 1
    # the weights that the second and the fourth step were made with, at a quarter and three
    assert [row["train/weight"] for row in rows] == pytest.approx(
        [2 * 0.8482836400, 2 * 0.9988944427]
    )


def test_refuses_a_discriminator_that_does_not_learn(build):
    with pytest.raises(ValueError, match=r"learning rate is positive; got 0\.0"):
        build(DANN, discriminator_lr=0.0)
