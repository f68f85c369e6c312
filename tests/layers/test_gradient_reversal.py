import pytest
import torch

from da.layers import reverse_gradient


@pytest.mark.parametrize("scale", [0.0, 0.5, 1.0, 3.0])
def test_passes_the_value_and_turns_the_gradient(source, scale):
    source.requires_grad_()
    out = reverse_gradient(source, scale)
    assert torch.equal(out, source)
    assert out is not source
    slope = torch.arange(28.0).double().view(7, 4)
    (out * slope).sum().backward()
    torch.testing.assert_close(source.grad, -scale * slope)


def test_reverses_fully_by_default(source):
    source.requires_grad_()
    reverse_gradient(source).sum().backward()
    assert torch.equal(source.grad, -torch.ones(7, 4).double())


def test_minus_one_is_the_identity_to_the_second_order(source):
    source.requires_grad_()

    def f(x):
        return reverse_gradient(x, -1.0).sin()

    assert torch.autograd.gradcheck(f, source)
    assert torch.autograd.gradgradcheck(f, source)


def test_a_second_backward_is_reversed_again():
    x = torch.tensor([2.0], requires_grad=True)
    (first,) = torch.autograd.grad(reverse_gradient(x, 0.5) ** 3, x, create_graph=True)
    assert first.item() == -0.5 * 3 * 2**2
    (second,) = torch.autograd.grad(first, x)
    # d/dx of -0.5 * 3 * r(x)^2, where r passes the value and the gradient times -0.5
    assert second.item() == -0.5 * -0.5 * 6 * 2


def test_keeps_half_precision():
    x = torch.ones(3, dtype=torch.bfloat16, requires_grad=True)
    out = reverse_gradient(x, 0.5)
    out.sum().backward()
    assert out.dtype == x.grad.dtype == torch.bfloat16
