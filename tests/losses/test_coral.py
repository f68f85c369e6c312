import numpy as np
import pytest
import torch

from da.losses import coral

A = torch.tensor([[1.0, 2], [3, 4]]).double()
B = torch.tensor([[0.0, 2], [2, 0]]).double()
S4 = torch.tensor([[0.0, 0], [1, 0], [0, 1], [2, 1]]).double()
T3 = torch.tensor([[1.0, 1], [2, 3], [0, 2]]).double()


def reference(source, target):
    """Eq. 1 of Sun & Saenko (2016) with the covariances of NumPy."""
    difference = np.cov(source, rowvar=False) - np.cov(target, rowvar=False)
    return np.sum(difference**2) / (4 * source.shape[1] ** 2)


def test_agrees_with_the_paper(source, target):
    value = coral(source, target).item()
    assert value == pytest.approx(reference(source.numpy(), target.numpy()), rel=1e-12)


@pytest.mark.parametrize(
    ("source", "target", "value"), [(A, B, 2.0), (S4, T3, 0.042100694444444454)]
)
def test_hand_computed_values(source, target, value):
    assert coral(source, target).item() == pytest.approx(value, rel=1e-12)


def test_hand_computed_gradient():
    source = S4.clone().requires_grad_()
    coral(source, T3).backward()
    expected = [
        [0.0190972222, 0.0486111111],
        [0.0121527778, 0.0208333333],
        [-0.0086805556, -0.0069444444],
        [-0.0225694444, -0.0625],
    ]
    torch.testing.assert_close(source.grad, torch.tensor(expected).double(), atol=1e-9, rtol=0)


def test_gradient_is_that_of_the_closed_form(source, target):
    source.requires_grad_(), target.requires_grad_()
    coral(source, target).backward()
    d = source.shape[1]
    gap = source.detach().T.cov() - target.detach().T.cov()
    for x, sign in ((source, 1), (target, -1)):
        centred = x.detach() - x.detach().mean(0)
        torch.testing.assert_close(x.grad, sign * centred @ gap / (d**2 * (len(x) - 1)))


def test_grows_with_the_fourth_power_of_the_scale():
    assert (coral(2 * S4, 2 * T3) / coral(S4, T3)).item() == pytest.approx(16)


def test_ignores_where_each_domain_lies(source, target):
    torch.testing.assert_close(coral(source + 3, target - 5), coral(source, target))


def test_large_means_do_not_cancel():
    rng = torch.Generator().manual_seed(0)
    source, target = (1e4 + torch.randn(64, 8, generator=rng) for _ in range(2))
    expected = reference(source.double().numpy(), target.double().numpy())
    assert coral(source, target).item() == pytest.approx(expected, rel=1e-2)


def test_gradient_and_its_gradient(source, target):
    inputs = source.requires_grad_(), target.requires_grad_()
    assert torch.autograd.gradcheck(coral, inputs)
    assert torch.autograd.gradgradcheck(coral, inputs)


@pytest.mark.parametrize(("n", "m"), [(1, 5), (7, 1)])
def test_refuses_a_single_sample(source, target, n, m):
    sentence = f"at least 2 samples; got {n} source and {m} target samples; choose a larger batch"
    with pytest.raises(ValueError, match=sentence):
        coral(source[:n], target[:m])
