import torch

from da.losses import bridge_size


def test_is_the_mean_absolute_value():
    assert bridge_size(torch.tensor([[1.0, -3], [0, 2]])).item() == 1.5


def test_a_bridge_of_zero_has_size_and_gradient_zero():
    bridge = torch.zeros(3, 2, requires_grad=True)
    bridge_size(bridge).backward()
    assert not bridge.grad.any()


def test_half_precision_gives_float32():
    with torch.autocast("cpu", torch.bfloat16):
        assert bridge_size(torch.ones(3, dtype=torch.bfloat16)).dtype == torch.float32
