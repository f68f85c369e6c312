from math import exp

import numpy as np
import pytest
import torch
from sklearn.metrics.pairwise import rbf_kernel

from da.losses import jmmd, mmd

S4 = torch.tensor([[0.0, 0], [1, 0], [0, 1], [2, 1]]).double()
T3 = torch.tensor([[1.0, 1], [2, 3], [0, 2]]).double()
PS = torch.tensor([[0.7, 0.3], [0.6, 0.4], [0.2, 0.8], [0.9, 0.1]], dtype=torch.float64)
PT = torch.tensor([[0.5, 0.5], [0.1, 0.9], [0.8, 0.2]], dtype=torch.float64)


@pytest.mark.parametrize(
    ("estimator", "value"), [("biased", 0.4497084728368253), ("unbiased", -0.007533565635299888)]
)
def test_hand_computed_values(estimator, value):
    result = jmmd(S4, T3, PS, PT, scales=(1.0,), bandwidth=2.0, estimator=estimator)
    assert result.item() == pytest.approx(value, rel=1e-10)


def test_agrees_with_the_kernels_of_scikit_learn():
    points, probabilities = torch.cat([S4, T3]), torch.cat([PS, PT])
    features = (rbf_kernel(points, gamma=1 / 2) + rbf_kernel(points, gamma=1 / 6)) / 2
    kernel = features * rbf_kernel(probabilities, gamma=1 / 0.5)
    signs = np.array([1 / 4] * 4 + [-1 / 3] * 3)
    result = jmmd(S4, T3, PS, PT, scales=(1.0, 3.0), bandwidth=2.0, probability_bandwidth=0.5)
    assert result.item() == pytest.approx(signs @ kernel @ signs, rel=1e-10)


@pytest.mark.parametrize("estimator", ["biased", "unbiased"])
def test_without_predictions_it_is_the_discrepancy_of_the_features(estimator):
    constant = torch.full((4, 2), 0.5).double(), torch.full((3, 2), 0.5).double()
    result = jmmd(S4, T3, *constant, estimator=estimator)
    torch.testing.assert_close(result, mmd(S4, T3, estimator=estimator))


def test_sees_a_difference_of_the_predictions_alone():
    same = jmmd(S4, S4, PS, PS)
    assert same.item() == pytest.approx(0, abs=1e-14)
    assert jmmd(S4, S4, PS, PS.flip(1)) > 0.01


def test_predictions_weigh_as_in_the_code_of_the_authors():
    one, other = torch.tensor([[1.0, 0]]), torch.tensor([[0.0, 1]])
    result = jmmd(one, one, one, other)
    assert result.item() == pytest.approx(2 - 2 * exp(-2 / (2 * 0.92**2)))


def test_gradient_flows_through_both_layers():
    inputs = tuple(x.clone().requires_grad_() for x in (S4, T3, PS, PT))
    assert torch.autograd.gradcheck(lambda *x: jmmd(*x, bandwidth=2.0), inputs)
    jmmd(*inputs).backward()
    assert all(x.grad.abs().max() > 1e-3 for x in inputs)
