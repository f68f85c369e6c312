import pytest
import torch
from torch.nn import functional as F

from da.batch import Labeled, Unlabeled
from da.layers import MultilinearMap
from da.losses import certainty_weights
from da.methods import CDAN
from da.schedules import constant


@pytest.fixture
def samples():
    """Return features and logits of both domains, which differ in their confidence."""
    rng = torch.Generator().manual_seed(0)
    source, target = torch.randn(6, 8, generator=rng) + 1, torch.randn(4, 8, generator=rng) - 1
    logits = 5 * torch.randn(6, 3, generator=rng), torch.randn(4, 3, generator=rng)
    labels = torch.zeros(6, dtype=torch.long)
    source, target, *logits = (x.requires_grad_() for x in (source, target, *logits))
    return Labeled(source, logits[0], labels), Unlabeled(target, logits[1])


def term(method, samples):
    method._trainer = type("Run", (), {"global_step": 5, "max_steps": 10})()
    return method.adaptation_loss(*samples)


@pytest.mark.parametrize("entropy_weighting", [False, True])
def test_the_discriminator_sees_the_product_with_the_predictions(build, samples, entropy_weighting):
    method = build(CDAN, width=5, depth=1, entropy_weighting=entropy_weighting)
    expected = 0
    for domain, sign in ((samples[0], -1), (samples[1], 1)):
        product = MultilinearMap(8, 3)(domain.features, domain.logits.softmax(1))
        loss = F.softplus(sign * method.discriminator(product))
        weights = certainty_weights(domain.logits) if entropy_weighting else torch.ones(len(loss))
        expected += (weights * loss).sum() / weights.sum() / 2  # normalized in each domain
    torch.testing.assert_close(term(method, samples), expected)


@pytest.mark.parametrize("entropy_weighting", [False, True])
def test_no_gradient_flows_through_the_predictions(build, samples, entropy_weighting):
    method = build(CDAN, width=5, entropy_weighting=entropy_weighting)
    term(method, samples).backward()
    for domain in samples:
        assert domain.logits.grad is None
        assert domain.features.grad.any()


def test_a_wide_product_is_sketched_and_the_sketch_is_saved(build, stripes, trainer, tmp_path):
    method = build(CDAN, sketch=16, largest=8, width=5, depth=1, ramp=constant)
    assert method.discriminator.layers[0].in_features == 16
    drawn = method.map.of_features.clone()
    run = trainer(max_steps=3)
    run.fit(method, stripes())
    assert torch.equal(method.map.of_features, drawn)
    run.save_checkpoint(tmp_path / "cdan.ckpt")
    state = torch.load(tmp_path / "cdan.ckpt", weights_only=True)["state_dict"]
    assert torch.equal(state["map.of_features"], drawn)
    assert state["map.of_classes"].shape == (3, 16)
