import math

import pytest
import torch
from torch.nn import functional as F

from da.losses import class_coverage

P4 = torch.tensor([[0.7, 0.2, 0.1], [0.1, 0.8, 0.1], [0.3, 0.3, 0.4], [0.05, 0.05, 0.9]])


def test_is_torch_s_cross_entropy_of_equal_proportions_with_the_mean_prediction():
    mean = P4.mean(0, keepdim=True).log()
    expected = F.cross_entropy(mean, torch.full((1, 3), 1 / 3))
    assert class_coverage(P4.log()).item() == pytest.approx(expected.item())


def test_is_log_k_if_each_class_has_its_share_however_certain_the_samples_are():
    assert class_coverage(50 * torch.eye(3)).item() == pytest.approx(math.log(3))
    assert class_coverage(torch.zeros(5, 3)).item() == pytest.approx(math.log(3))


def test_a_class_that_is_gone_pulls_with_a_finite_gradient():
    logits = torch.tensor([[200.0, 0.0, 0.0], [0.0, 200.0, 0.0]], requires_grad=True)
    loss = class_coverage(logits)
    loss.backward()
    assert loss.item() > 50
    assert torch.isfinite(logits.grad).all()
    assert (logits.grad[:, 2] < 0).all()
