import numpy as np
import pytest
import torch

from da.losses import moment_tensors


def reference(source, target, order):
    """The mean tensor powers, written out, and their squared distance."""

    def tensor(x):
        powers = x
        for _ in range(order - 1):
            powers = np.einsum("i...,ij->i...j", powers, x)
        return powers.mean(0)

    return np.sum((tensor(source) - tensor(target)) ** 2) / source.shape[1] ** order


@pytest.mark.parametrize("order", [1, 2, 3, 4])
def test_agrees_with_the_tensors_of_the_paper(source, target, order):
    value = moment_tensors(source, target, order=order).item()
    expected = reference(source.numpy(), target.numpy(), order)
    assert value == pytest.approx(expected, rel=1e-10)


def test_hand_computed_value():
    source, target = torch.tensor([[1.0, 0]]), torch.tensor([[0.0, 2]])
    # Third powers are 1 in one entry and 8 in another.
    assert moment_tensors(source, target).item() == pytest.approx((1 + 64) / 8)


def test_odd_orders_see_skewness_that_even_ones_do_not():
    source = torch.tensor([[-1.0], [-1], [2]]).double()
    assert moment_tensors(source, -source, order=2).item() == pytest.approx(0, abs=1e-12)
    assert moment_tensors(source, -source, order=3).item() == pytest.approx(16)


def test_gradient(source, target):
    inputs = source.requires_grad_(), target.requires_grad_()
    assert torch.autograd.gradcheck(moment_tensors, inputs)


def test_refuses_an_order_below_one(source, target):
    with pytest.raises(ValueError, match="order 1 at least; got order=0"):
        moment_tensors(source, target, order=0)
