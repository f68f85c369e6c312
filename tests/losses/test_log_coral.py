import numpy as np
import pytest
import scipy.linalg
import torch

from da.losses import log_coral, matrix_log

S4 = torch.tensor([[0.0, 0], [1, 0], [0, 1], [2, 1]]).double()
T3 = torch.tensor([[1.0, 1], [2, 3], [0, 2]]).double()


def reference(source, target, jitter):
    """The distance with the covariances of NumPy and the logarithm of SciPy."""
    logs = []
    for x in (source, target):
        covariance = np.cov(x, rowvar=False)
        d = len(covariance)
        logs.append(scipy.linalg.logm(covariance + jitter * covariance.trace() / d * np.eye(d)))
    return np.sum((logs[0] - logs[1]) ** 2) / (4 * d**2)


def test_hand_computed_value():
    assert log_coral(S4, T3, jitter=0.0).item() == pytest.approx(0.07271701601246575, rel=1e-10)


@pytest.mark.parametrize("jitter", [0.0, 1e-3, 0.5])
def test_agrees_with_scipy(source, target, jitter):
    value = log_coral(source, target, jitter=jitter).item()
    assert value == pytest.approx(reference(source.numpy(), target.numpy(), jitter), rel=1e-9)


def test_logarithm_of_a_diagonal_matrix():
    e = torch.e
    result = matrix_log(torch.diag(torch.tensor([e**2, 1.0])))
    torch.testing.assert_close(result, torch.diag(torch.tensor([2.0, 0.0])))
    # Squared, over 4 d**2, that is a quarter
    assert (result.square().sum() / 16).item() == pytest.approx(0.25)


def symmetric(function):
    """Make a function of any matrix one of its symmetric part, for finite differences."""
    return lambda matrix: function((matrix + matrix.T) / 2)


@pytest.mark.parametrize("values", [[1.0, 1, 1], [2.0, 2, 5], [1.0, 1 + 1e-9, 3], [1e-3, 1, 40]])
def test_gradient_is_right_at_equal_eigenvalues(values):
    rotation = torch.linalg.qr(torch.arange(9.0).reshape(3, 3).sin().double()).Q
    matrix = rotation @ torch.diag(torch.tensor(values).double()) @ rotation.T
    matrix = ((matrix + matrix.T) / 2).requires_grad_()
    assert torch.autograd.gradcheck(symmetric(matrix_log), matrix, atol=1e-4)


def test_gradient_at_the_identity_is_the_identity():
    matrix = torch.eye(4).requires_grad_()
    direction = torch.arange(16.0).reshape(4, 4)
    (gradient,) = torch.autograd.grad(matrix_log(matrix), matrix, direction)
    torch.testing.assert_close(gradient, direction)


def test_single_precision_keeps_the_gradient_of_nearly_equal_eigenvalues():
    matrix = torch.diag(torch.tensor([2.0, 2.000001, 3])).requires_grad_()
    direction = torch.ones(3, 3)
    (gradient,) = torch.autograd.grad(matrix_log(matrix), matrix, direction)
    assert gradient[0, 1].item() == pytest.approx(0.5, rel=1e-5)
    assert gradient[0, 2].item() == pytest.approx(np.log(3 / 2), rel=1e-5)


def test_gradient(source, target):
    inputs = source.requires_grad_(), target.requires_grad_()
    assert torch.autograd.gradcheck(log_coral, inputs)


def test_does_not_depend_on_the_units(source, target):
    torch.testing.assert_close(log_coral(9 * source, 9 * target), log_coral(source, target))


def test_fewer_samples_than_features_are_fine_in_single_precision():
    rng = torch.Generator().manual_seed(0)
    source, target = (torch.randn(8, 40, generator=rng).requires_grad_() for _ in range(2))
    value = log_coral(source, target)
    value.backward()
    expected = reference(source.detach().double().numpy(), target.detach().double().numpy(), 1e-3)
    assert value.item() == pytest.approx(expected, rel=1e-3)
    assert source.grad.isfinite().all()


def test_half_precision_inputs_under_autocast_give_a_float32_loss(source, target):
    source, target = source.bfloat16(), target.bfloat16()
    with torch.autocast("cpu", torch.bfloat16):
        value = log_coral(source, target)
    assert value.dtype == torch.float32
    torch.testing.assert_close(value, log_coral(source.float(), target.float()))


def test_a_value_that_is_not_finite_is_passed_on(source, target):
    assert log_coral(source * torch.inf, target).isnan()


@pytest.mark.parametrize(("n", "m"), [(1, 5), (7, 1)])
def test_refuses_a_single_sample(source, target, n, m):
    with pytest.raises(ValueError, match=f"at least 2 samples; got {n} source and {m} target"):
        log_coral(source[:n], target[:m])
