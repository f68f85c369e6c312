import pytest
import torch
from torch.nn import functional as F

from da.losses import class_balance


def test_agrees_with_the_binary_cross_entropy_of_torch(target):
    mean = target.softmax(1).mean(0)
    expected = F.binary_cross_entropy(mean, torch.full((4,), 0.25).double())
    torch.testing.assert_close(class_balance(target), expected)


def test_is_smallest_for_even_frequencies():
    even = class_balance(9 * torch.eye(3)).item()
    assert even == pytest.approx(0.6365141682948128)  # entropy of a coin of chance 1/3
    assert class_balance(9 * torch.eye(3)[[0, 0, 1, 2]]).item() > even
    assert class_balance(9 * torch.eye(3)[[1, 1, 1]]).item() > 2 * even
