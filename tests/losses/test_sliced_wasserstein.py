import ot
import pytest
import torch

from da.losses import random_directions, sliced_wasserstein


def test_agrees_with_pot(source):
    other = source.flip(1) ** 2
    directions = random_directions(4, 20, torch.Generator().manual_seed(0)).double()
    value = sliced_wasserstein(source, other, directions).item()
    expected = ot.sliced_wasserstein_distance(
        source.numpy(), other.numpy(), projections=directions.numpy(), p=2
    )
    assert value == pytest.approx(float(expected) ** 2, rel=1e-10)


def test_hand_computed_value():
    first, second = torch.tensor([[0.0, 9], [1, 9]]), torch.tensor([[3.0, 0], [1, 0]])
    axis = torch.tensor([[1.0], [0]])
    assert sliced_wasserstein(first, second, axis).item() == pytest.approx((1 + 4) / 2)


def test_does_not_depend_on_the_order_of_the_rows(source):
    directions = random_directions(4, 5, torch.Generator().manual_seed(0)).double()
    assert sliced_wasserstein(source, source.flip(0), directions).item() == 0


def test_directions_are_unit_vectors_in_all_directions():
    directions = random_directions(3, 4000, torch.Generator().manual_seed(0))
    torch.testing.assert_close(directions.norm(dim=0), torch.ones(4000))
    torch.testing.assert_close(directions.mean(1), torch.zeros(3), atol=0.03, rtol=0)
    torch.testing.assert_close(
        directions.square().mean(1), torch.full((3,), 1 / 3), atol=0.02, rtol=0
    )


def test_gradient(source):
    directions = random_directions(4, 5, torch.Generator().manual_seed(0)).double()
    inputs = source.clone().requires_grad_(), (source**2).requires_grad_()
    assert torch.autograd.gradcheck(lambda x, y: sliced_wasserstein(x, y, directions), inputs)
