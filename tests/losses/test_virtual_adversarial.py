import pytest
import torch
from scipy.stats import entropy
from torch import nn

from da.losses import divergence, virtual_adversarial


def test_divergence_agrees_with_scipy(source):
    other = source.flip(0)
    p, q = source.softmax(1), other.softmax(1)
    expected = torch.as_tensor(entropy(p.numpy(), q.numpy(), axis=1))
    torch.testing.assert_close(divergence(source, other), expected)
    torch.testing.assert_close(divergence(source, source), torch.zeros(7).double())


def test_divergence_of_confident_predictions_is_finite():
    first = torch.tensor([[300.0, 0]], dtype=torch.bfloat16)
    second = torch.tensor([[0.0, 300]], dtype=torch.bfloat16, requires_grad=True)
    with torch.autocast("cpu", torch.bfloat16):
        value = divergence(first, second)
    assert (value.item(), value.dtype) == (300, torch.float32)
    value.backward()
    assert second.grad.isfinite().all()


def test_a_linear_classifier_is_attacked_across_its_boundary():
    """Only one direction changes its prediction, so that is the adverse one, of either sign."""
    torch.manual_seed(0)
    direction = torch.tensor([3.0, 4.0]) / 5
    seen = []

    def network(x):
        seen.append(x)
        z = x @ direction
        return torch.stack([z, -z], 1)

    inputs = torch.zeros(5, 2)
    changes = virtual_adversarial(network, inputs, network(inputs), radius=0.7)
    adverse = seen[-1]
    torch.testing.assert_close((adverse @ direction).abs(), torch.full((5,), 0.7))
    torch.testing.assert_close(adverse.norm(dim=1), torch.full((5,), 0.7))
    z = torch.tensor([0.7, -0.7])
    expected = divergence(torch.zeros(1, 2), z[None])
    torch.testing.assert_close(changes, expected.expand(5))


def test_it_is_worse_than_random_directions_and_each_image_is_of_its_own():
    torch.manual_seed(0)
    network = nn.Sequential(nn.Flatten(), nn.Linear(48, 20), nn.ReLU(), nn.Linear(20, 4))
    inputs = torch.randn(6, 3, 4, 4)
    logits = network(inputs)
    adverse = virtual_adversarial(network, inputs, logits, radius=1.0)
    noise = torch.randn(200, *inputs.shape)
    noise = noise / noise.flatten(2).norm(dim=2)[..., None, None, None]
    random = torch.stack([divergence(logits, network(inputs + n)) for n in noise])
    assert adverse.shape == (6,)
    assert (adverse > random.mean(0)).all()
    alone = torch.stack(
        [
            virtual_adversarial(network, x[None], z[None], radius=1.0)[0]
            for x, z in zip(inputs, logits, strict=True)
        ]
    )
    assert (alone > random.mean(0)).all()


def test_the_network_receives_a_gradient_and_the_clean_prediction_none():
    network = nn.Linear(4, 3)
    inputs = torch.randn(5, 4, generator=torch.Generator().manual_seed(0))
    logits = network(inputs).detach().requires_grad_()
    virtual_adversarial(network, inputs, logits, radius=1.0).mean().backward()
    assert network.weight.grad.any()
    assert logits.grad is None


def test_a_constant_network_has_no_adverse_direction_and_no_nan():
    network = nn.Linear(4, 3)
    nn.init.zeros_(network.weight)
    inputs = torch.randn(5, 4)
    changes = virtual_adversarial(network, inputs, network(inputs), radius=1.0)
    changes.mean().backward()
    assert changes.tolist() == pytest.approx([0] * 5)
    assert network.weight.grad.isfinite().all()
