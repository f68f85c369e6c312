from math import log

import numpy as np
import pytest
import torch
from scipy import stats

from da.losses import mutual_information

P4 = torch.tensor(
    [[0.7, 0.2, 0.1], [0.1, 0.8, 0.1], [0.3, 0.3, 0.4], [0.05, 0.05, 0.9]], dtype=torch.float64
)
PRIOR = torch.tensor([0.2, 0.4, 0.4], dtype=torch.float64)


def test_hand_computed_values():
    assert mutual_information(P4.log()).item() == pytest.approx(0.36174106744793666, abs=1e-12)
    value = mutual_information(P4.log(), PRIOR).item()
    assert value == pytest.approx(-0.7538294788, abs=1e-9)


def test_agrees_with_scipy(target):
    p = target.softmax(1).numpy()
    conditional = np.mean(stats.entropy(p, axis=1))
    value = mutual_information(target).item()
    assert value == pytest.approx(stats.entropy(p.mean(0)) - conditional, rel=1e-12)
    prior = np.array([0.1, 0.2, 0.3, 0.4])
    expected = -stats.entropy(p.mean(0), prior) - conditional
    value = mutual_information(target, torch.from_numpy(prior)).item()
    assert value == pytest.approx(expected, rel=1e-12)


def test_a_uniform_prior_subtracts_a_constant(target):
    uniform = torch.full((4,), 0.25).double()
    difference = mutual_information(target) - mutual_information(target, uniform)
    assert difference.item() == pytest.approx(log(4))


@pytest.mark.parametrize(
    ("logits", "value"),
    [
        (50 * torch.eye(3)[[0, 1, 2, 0, 1, 2]], log(3)),  # certain and diverse
        (50 * torch.eye(3)[[1, 1, 1]], 0.0),  # certain of one class
        (torch.zeros(4, 3), 0.0),  # certain of nothing
    ],
)
def test_extremes(logits, value):
    assert mutual_information(logits).item() == pytest.approx(value, abs=1e-6)
