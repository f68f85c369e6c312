import pytest
import torch
from torch.nn import functional as F

from da.batch import Labeled, Unlabeled
from da.methods import GVB


def at(method):
    method._trainer = type("Run", (), {"global_step": 5, "max_steps": 10})()
    return method


@pytest.fixture
def samples():
    """Return features and logits of both domains."""
    rng = torch.Generator().manual_seed(0)
    source, target = torch.randn(6, 8, generator=rng) + 1, torch.randn(4, 8, generator=rng) - 1
    logits = torch.randn(6, 3, generator=rng), torch.randn(4, 3, generator=rng)
    return Labeled(source, logits[0], torch.arange(6) % 3), Unlabeled(target, logits[1])


def test_term_is_the_discriminators_loss_on_the_predictions_and_the_bridges(build, samples):
    method = at(build(GVB, width=5, depth=1, weight=0.5, classifier_bridge=0.2))
    torch.nn.init.normal_(method.bridge.weight)
    expected, sizes = 0, []
    for domain, sign in ((samples[0], -1), (samples[1], 1)):
        p = domain.logits.softmax(1)
        outputs, bridge = method.discriminator(p).unbind(1)
        weights = torch.exp((p * p.log()).sum(1))
        loss = F.softplus(sign * (outputs - bridge))
        expected += (weights * loss).sum() / weights.sum() / 2
        sizes.append(bridge.abs())
    expected += torch.cat(sizes).mean()
    both = torch.cat([samples[0].features, samples[1].features])
    expected += method.weight * 0.2 * method.bridge(both).abs().mean()
    torch.testing.assert_close(method.adaptation_loss(*samples), expected)


def test_the_bridge_is_taken_from_the_predictions(build):
    method = build(GVB, width=5).eval()
    images = torch.rand(4, 1, 28, 28)
    features, logits = method.embed(images)
    torch.testing.assert_close(logits, method.classifier(features))  # it starts at zero
    torch.nn.init.ones_(method.bridge.bias)
    torch.testing.assert_close(method(images), logits - 1)


def test_a_larger_penalty_keeps_the_bridge_smaller(build, stripes, trainer):
    sizes = []
    for penalty in (0.0, 30.0):
        method = build(GVB, width=5, classifier_bridge=penalty)
        trainer(max_steps=40).fit(method, stripes())
        sizes.append(method.bridge.weight.abs().mean().item())
    assert sizes[1] < sizes[0] / 2


@pytest.mark.parametrize(
    "options",
    [{"classifier_bridge": -1.0}, {"discriminator_bridge": -1.0}, {"discriminator_lr": 0.0}],
)
def test_refuses_settings_out_of_range(build, options):
    with pytest.raises(ValueError, match="learning rate is positive; got classifier_bridge="):
        build(GVB, **options)
