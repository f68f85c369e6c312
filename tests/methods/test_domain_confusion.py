from math import log

import pytest
import torch
from torch.nn import functional as F

from da.batch import Labeled, Unlabeled
from da.losses import domain_confusion
from da.methods import DomainConfusion
from da.schedules import constant


@pytest.fixture
def samples():
    """Return features of a source and of a target that are easily told apart."""
    rng = torch.Generator().manual_seed(0)
    source, target = torch.randn(6, 8, generator=rng) + 1, torch.randn(4, 8, generator=rng) - 1
    none = torch.zeros(6, 3), torch.zeros(6, dtype=torch.long), torch.zeros(4, 3)
    return Labeled(source.requires_grad_(), *none[:2]), Unlabeled(target.requires_grad_(), none[2])


def test_the_discriminator_and_the_features_have_losses_of_their_own(build, samples):
    method = build(DomainConfusion, width=5, weight=2.0, ramp=constant)
    method._trainer = type("Run", (), {"global_step": 0, "max_steps": 1})()
    parameters = list(method.discriminator.parameters())
    features = [domain.features for domain in samples]
    loss = method.adaptation_loss(*samples)
    gradients = torch.autograd.grad(loss, [*features, *parameters])

    logits = [method.discriminator(x) for x in features]
    own = (F.softplus(-logits[0]).mean() + F.softplus(logits[1]).mean()) / 2
    confused = 2 * domain_confusion(*logits)
    torch.testing.assert_close(loss, own + confused)
    expected = torch.autograd.grad(confused, features, retain_graph=True)
    expected += torch.autograd.grad(own, parameters)
    for ours, theirs in zip(gradients, expected, strict=True):
        torch.testing.assert_close(ours, theirs)


def test_features_follow_a_discriminator_that_stays_until_it_is_undecided(build, stripes, trainer):
    method = build(
        DomainConfusion,
        width=20,
        depth=1,
        weight=10.0,
        ramp=constant,
        discriminator_lr=1e-6,
    )
    task = stripes()
    torch.nn.init.constant_(method.discriminator.layers[-1].bias, 3.0)
    trainer(max_steps=60).fit(method, task)
    batch = task.train_dataloader().batch(0)
    logits = [
        method.discriminator(method.backbone(x)) for x in (batch["source"][0], batch["target"])
    ]
    assert domain_confusion(*logits).item() < log(2) + 0.05


def test_refuses_a_discriminator_that_does_not_learn(build):
    with pytest.raises(ValueError, match=r"learning rate is positive; got 0\.0"):
        build(DomainConfusion, discriminator_lr=0.0)
