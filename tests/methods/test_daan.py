import pytest
import torch

from da.batch import Labeled, Unlabeled
from da.losses import domain_classification
from da.methods import DAAN


@pytest.fixture
def samples():
    """Return features and logits of both domains."""
    rng = torch.Generator().manual_seed(0)
    source, target = torch.randn(6, 8, generator=rng) + 1, torch.randn(4, 8, generator=rng) - 1
    logits = torch.randn(6, 3, generator=rng), torch.randn(4, 3, generator=rng)
    source, target, *logits = (x.requires_grad_() for x in (source, target, *logits))
    return Labeled(source, logits[0], torch.arange(6) % 3), Unlabeled(target, logits[1])


def at(method):
    method._trainer = type("Run", (), {"global_step": 5, "max_steps": 10})()
    return method


@pytest.mark.parametrize(("distances", "share"), [((2.0, 2.0), 0.5), ((1.5, 0.5), 0.75)])
def test_loss_is_that_of_all_and_of_each_class_in_their_shares(build, samples, distances, share):
    method = at(build(DAAN, width=5, depth=1))
    method.distances.copy_(torch.tensor(distances))
    loss = method.adaptation_loss(*samples)
    features = [domain.features for domain in samples]
    probabilities = [domain.logits.softmax(1) for domain in samples]
    everything = domain_classification(*map(method.discriminator, features))
    local = [
        domain_classification(
            *(d(x * p[:, [c]]) for x, p in zip(features, probabilities, strict=True))
        )
        for c, d in enumerate(method.local_discriminators)
    ]
    expected = (1 - share) * everything + share * sum(local) / 3
    torch.testing.assert_close(loss, expected)
    assert method.monitored["local_share"] == pytest.approx(share)


def test_no_gradient_flows_through_the_probabilities(build, samples):
    at(build(DAAN, width=5)).adaptation_loss(*samples).backward()
    for domain in samples:
        assert domain.logits.grad is None
        assert domain.features.grad.any()


def test_domains_are_labelled_apart_in_every_discriminator(build, stripes, trainer):
    """A network that hardly resists: all discriminators learn which domain is which."""
    method = build(DAAN, width=20, depth=1, weight=1e-6, memory=0.5, seed=1)
    trainer(max_steps=100).fit(method, stripes())
    assert method.distances[0] > 1.5
    assert method.distances[1] > 0.3


def test_the_share_follows_the_distances(build):
    method = build(DAAN, width=5, memory=0.5)
    assert method.share == 0.5
    method.observe(torch.tensor(1.0), torch.tensor(0.0))
    assert method.distances.tolist() == pytest.approx([1.5, 1.0005])
    for _ in range(40):
        method.observe(torch.tensor(-1.0), torch.tensor(-2.0))  # worse than guessing is no distance
    assert method.distances.tolist() == pytest.approx([1e-3, 1e-3])
    assert method.share == pytest.approx(0.5)


@pytest.mark.parametrize("options", [{"memory": 1.0}, {"discriminator_lr": 0.0}])
def test_refuses_settings_that_stand_still(build, options):
    with pytest.raises(ValueError, match=r"the memory lies in \[0, 1\); got discriminator_lr="):
        build(DAAN, **options)
