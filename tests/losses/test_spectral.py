import pytest
import torch

from da.losses import batch_spectral_penalty

S4 = torch.tensor([[0.0, 0], [1, 0], [0, 1], [2, 1]], dtype=torch.float64)
T3 = torch.tensor([[1.0, 1], [2, 3], [0, 2]], dtype=torch.float64)


def test_hand_computed_values():
    first, second = torch.diag(torch.tensor([3.0, 4])), torch.diag(torch.tensor([1.0, 2]))
    assert batch_spectral_penalty(first, second).item() == pytest.approx(20.0)
    assert batch_spectral_penalty(S4, T3).item() == pytest.approx(23.821658488546614, abs=1e-9)


def test_all_singular_values_are_the_squared_norm():
    value = batch_spectral_penalty(S4, T3, count=2)
    torch.testing.assert_close(value, S4.square().sum() + T3.square().sum())


def test_is_the_square_of_the_spectral_norm():
    expected = sum(torch.linalg.matrix_norm(x, 2).square() for x in (S4, T3))
    torch.testing.assert_close(batch_spectral_penalty(S4, T3), expected)


def test_gradient(source, target):
    inputs = source.requires_grad_(), target.requires_grad_()
    assert torch.autograd.gradcheck(batch_spectral_penalty, inputs)


@pytest.mark.parametrize("value", [0.0, 1.0])
def test_identical_rows_have_a_finite_gradient(value):
    source, target = torch.full((4, 3), value, requires_grad=True), torch.ones(2, 3)
    batch_spectral_penalty(source, target).backward()
    assert source.grad.isfinite().all()


def test_half_precision_inputs_give_a_float32_penalty(source, target):
    with torch.autocast("cpu", torch.bfloat16):
        value = batch_spectral_penalty(source.bfloat16(), target.bfloat16())
    assert value.dtype == torch.float32


def test_refuses_to_penalize_nothing():
    with pytest.raises(ValueError, match="at least 1 singular value is penalized; got count=0"):
        batch_spectral_penalty(S4, T3, count=0)
