import numpy as np
import pytest
import scipy.stats
import torch

from da.losses import central_moments


def reference(source, target, orders, span):
    """The definition of Zellinger et al. (2017) with the moments of SciPy."""
    total = np.linalg.norm(source.mean(0) - target.mean(0)) / span
    for k in range(2, orders + 1):
        moments = [scipy.stats.moment(x, k, axis=0) for x in (source, target)]
        total += np.linalg.norm(moments[0] - moments[1]) / span**k
    return total


@pytest.mark.parametrize(("orders", "span"), [(1, 1.0), (3, 2.0), (5, 1.0)])
def test_agrees_with_the_moments_of_scipy(source, target, orders, span):
    value = central_moments(source, target, orders=orders, span=span).item()
    expected = reference(source.numpy(), target.numpy(), orders, span)
    assert value == pytest.approx(expected, rel=1e-10)


def test_hand_computed_value():
    source, target = torch.tensor([[0.0], [2]]), torch.tensor([[1.0], [5]])
    # Means 1 and 3; second moments 1 and 4; third 0; fourth 1 and 16.
    assert central_moments(source, target, orders=4).item() == pytest.approx(2 + 3 + 0 + 15)


def test_a_shift_changes_the_first_term_alone(source):
    assert central_moments(source, source + 1).item() == pytest.approx(2)  # sqrt(4 features)


def test_gradient(source, target):
    inputs = source.requires_grad_(), target.requires_grad_()
    assert torch.autograd.gradcheck(central_moments, inputs)


def test_half_precision_inputs_under_autocast_give_a_float32_loss(source, target):
    source, target = source.tanh().bfloat16(), target.tanh().bfloat16()
    with torch.autocast("cpu", torch.bfloat16):
        value = central_moments(source, target)
    assert value.dtype == torch.float32
    torch.testing.assert_close(value, central_moments(source.float(), target.float()))


@pytest.mark.parametrize(("orders", "span"), [(0, 1.0), (5, 0.0)])
def test_refuses_no_order_and_no_span(source, target, orders, span):
    with pytest.raises(ValueError, match=f"got orders={orders}, span={span}"):
        central_moments(source, target, orders=orders, span=span)
