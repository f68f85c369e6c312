from math import log

import pytest
import torch
from scipy import stats

from da.losses import entropy

P4 = torch.tensor(
    [[0.7, 0.2, 0.1], [0.1, 0.8, 0.1], [0.3, 0.3, 0.4], [0.05, 0.05, 0.9]], dtype=torch.float64
)


def test_hand_computed_mean():
    assert entropy(P4.log()).mean().item() == pytest.approx(0.7310370197465452, abs=1e-12)


def test_agrees_with_scipy_sample_by_sample(target):
    expected = stats.entropy(target.softmax(1).numpy(), axis=1)
    torch.testing.assert_close(entropy(target), torch.from_numpy(expected))


def test_a_certain_sample_has_a_tiny_positive_entropy():
    # 1e-5 inside the logarithm would make it -1.0e-5
    value = entropy(torch.tensor([[30.0, 0, 0]]).double()).item()
    assert value == pytest.approx(5.6146e-12, rel=1e-3)


def test_uniform_predictions_have_the_largest():
    assert entropy(torch.zeros(2, 5)).tolist() == pytest.approx([log(5)] * 2)
