"""Terms that may be added to a discriminator behind a gradient reversal."""

import pytest
import torch
from torch.nn import functional as F

from da.batch import Labeled, Unlabeled
from da.losses import batch_spectral_penalty
from da.methods import CDAN, DANN
from da.schedules import constant

both = pytest.mark.parametrize("cls", [DANN, CDAN])


@pytest.fixture
def samples():
    """Return features and logits of both domains."""
    rng = torch.Generator().manual_seed(0)
    source, target = torch.randn(6, 8, generator=rng) + 1, torch.randn(4, 8, generator=rng)
    logits = torch.randn(6, 3, generator=rng), torch.randn(4, 3, generator=rng)
    return (
        Labeled(source, logits[0], torch.arange(6) % 3),
        Unlabeled(target, logits[1]),
    )


def at(method):
    method._trainer = type("Run", (), {"global_step": 5, "max_steps": 10})()
    return method


@both
def test_the_spectral_penalty_is_added_with_its_own_weight(build, samples, cls):
    plain = at(build(cls, width=5)).adaptation_loss(*samples)
    method = at(build(cls, width=5, spectral_penalty=0.01, weight=0.1))
    penalty = batch_spectral_penalty(samples[0].features, samples[1].features)
    torch.testing.assert_close(method.adaptation_loss(*samples), plain + 0.01 * penalty)
    assert method.monitored["spectral_penalty"] == penalty


def test_the_sharpest_task_loss_is_the_one_a_step_up_its_gradient(build):
    method = at(build(DANN, width=5, sharpness=0.05))
    rng = torch.Generator().manual_seed(0)
    inputs, labels = torch.randn(6, 1, 28, 28, generator=rng), torch.arange(6) % 3
    batch = {"source": (inputs, labels), "target": inputs[:4]}
    task_loss = F.cross_entropy(method(inputs), labels)
    loss = method.sharpest_task_loss(task_loss, batch)
    network = [*method.backbone.parameters(), *method.classifier.parameters()]
    gradients = torch.autograd.grad(loss, network)
    assert loss > task_loss
    # the same by hand: move the weights, take the loss and its gradient there
    slopes = torch.autograd.grad(task_loss, network)
    norm = sum(s.square().sum() for s in slopes).sqrt()
    with torch.no_grad():
        for p, slope in zip(network, slopes, strict=True):
            p += 0.05 * slope / norm
    there = F.cross_entropy(method(inputs), labels)
    torch.testing.assert_close(loss, there)
    for ours, theirs in zip(gradients, torch.autograd.grad(there, network), strict=True):
        torch.testing.assert_close(ours, theirs)


@both
def test_sharpness_smooths_the_task_alone(build, samples, cls):
    terms = []
    for sharpness in (0.0, 0.05):
        method = at(build(cls, width=5, sharpness=sharpness))
        terms.append(method.adaptation_loss(*samples))
    assert torch.equal(*terms)


@both
@pytest.mark.parametrize(
    "options", [{"entropy_weighting": True}, {"spectral_penalty": 0.01}, {"sharpness": 0.05}]
)
def test_each_addition_changes_the_training_and_none_at_weight_zero(
    build, stripes, trainer, cls, options
):
    def trained(**settings):
        method = build(cls, width=5, ramp=constant, **settings)
        trainer(max_steps=3).fit(method, stripes())
        return torch.cat([p.detach().flatten() for p in method.backbone.parameters()])

    assert not torch.equal(trained(**options), trained())
    assert torch.equal(trained(weight=0.0, **options), trained(weight=0.0))


@pytest.mark.parametrize("name", ["spectral_penalty", "sharpness"])
def test_refuses_negative_additions(build, name):
    with pytest.raises(ValueError, match=f"are at least 0; got .*{name}=-1.0"):
        build(DANN, **{name: -1.0})
