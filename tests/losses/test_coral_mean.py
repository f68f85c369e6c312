import pytest
import torch
from torch.nn import functional as F

from da.losses import coral, coral_mean

A = torch.tensor([[1.0, 2], [3, 4]]).double()
B = torch.tensor([[0.0, 2], [2, 0]]).double()
S4 = torch.tensor([[0.0, 0], [1, 0], [0, 1], [2, 1]]).double()
T3 = torch.tensor([[1.0, 1], [2, 3], [0, 2]]).double()


@pytest.mark.parametrize(("source", "target", "value"), [(A, B, 10.5), (S4, T3, 1.324652777777778)])
def test_hand_computed_values(source, target, value):
    assert coral_mean(source, target).item() == pytest.approx(value, rel=1e-12)


def test_is_the_sum_of_two_mean_squared_differences(source, target):
    expected = F.mse_loss(source.mean(0), target.mean(0))
    expected += F.mse_loss(source.T.cov(), target.T.cov())
    torch.testing.assert_close(coral_mean(source, target), expected)


def test_sees_where_a_domain_lies_unlike_coral(source):
    assert coral(source, source + 3).item() == pytest.approx(0)
    assert coral_mean(source, source + 3).item() == pytest.approx(9)


def test_gradient(source, target):
    inputs = source.requires_grad_(), target.requires_grad_()
    assert torch.autograd.gradcheck(coral_mean, inputs)


def test_refuses_a_single_sample(source, target):
    with pytest.raises(ValueError, match="at least 2 samples; got 1 source and 5 target"):
        coral_mean(source[:1], target)
