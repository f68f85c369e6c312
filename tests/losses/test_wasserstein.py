import pytest
import torch

from da.layers import Discriminator
from da.losses import gradient_penalty, wasserstein

W = torch.tensor([1.0, 2, 2], dtype=torch.float64)  # of length 3
SOURCE = torch.tensor([[1.0, 0, 0], [0, 1, 0]], dtype=torch.float64)
TARGET = torch.tensor([[0.0, 0, 1], [1, 1, 1]], dtype=torch.float64)


def test_hand_computed_distance_of_a_linear_critic():
    assert wasserstein(SOURCE @ W, TARGET @ W).item() == pytest.approx(-2.0, abs=1e-12)


def test_a_slope_of_3_is_penalized_with_4():
    value = gradient_penalty(lambda x: x @ W, SOURCE, TARGET)
    assert value.item() == pytest.approx(4.0, abs=1e-12)
    assert gradient_penalty(lambda x: x @ W / 3, SOURCE, TARGET).item() == pytest.approx(0)


def test_points_are_all_features_and_one_between_each_pair():
    seen = []
    source, target = torch.zeros(4, 2), torch.ones(3, 2)
    gradient_penalty(lambda x: seen.append(x) or x.sum(1), source, target)
    (points,) = seen
    assert points.shape == (10, 2)
    assert torch.equal(points[:7], torch.cat([source, target]))
    between = points[7:]
    assert torch.equal(between[:, 0], between[:, 1])
    assert ((between > 0) & (between < 1)).all()
    assert len(between[:, 0].unique()) == 3


def test_the_critic_receives_a_gradient_and_the_features_none(source, target):
    critic = Discriminator(4, width=5, depth=1, bias=False).double()
    source.requires_grad_()
    gradient_penalty(critic, source, target).backward()
    # a ReLU network's slope does not depend on its hidden bias
    learned = [n for n, p in critic.named_parameters() if p.grad is not None and p.grad.any()]
    assert learned == ["layers.0.weight", "layers.2.weight"]
    assert source.grad is None


def test_a_flat_critic_has_a_finite_gradient(source, target):
    critic = Discriminator(4, width=5, depth=1, bias=False).double()
    torch.nn.init.zeros_(critic.layers[2].weight)
    value = gradient_penalty(critic, source, target)
    value.backward()
    assert value.item() == pytest.approx(1)
    assert all(p.grad.isfinite().all() for p in critic.parameters() if p.grad is not None)


def test_full_precision_under_autocast(source, target):
    critic = Discriminator(4, width=5, depth=1, bias=False)
    with torch.autocast("cpu", torch.bfloat16):
        value = gradient_penalty(critic, source.bfloat16(), target.bfloat16())
        distance = wasserstein(source[:, 0].bfloat16(), target[:, 0].bfloat16())
    assert value.dtype == distance.dtype == torch.float32
