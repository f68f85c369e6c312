import pytest
import torch
from scipy import stats

from da.losses import complement_entropy


def test_hand_computed_value():
    p = torch.tensor([[0.6, 0.3, 0.1]], dtype=torch.float64)
    value = complement_entropy(p.log(), torch.tensor([0])).item()
    assert value == pytest.approx(-0.8112781244591329, abs=1e-12)


def test_agrees_with_scipy(target):
    labels = torch.tensor([0, 1, 2, 3, 1])
    p = target.softmax(1).numpy()
    rest = [[p[i, c] for c in range(4) if c != labels[i]] for i in range(5)]
    expected = -stats.entropy(rest, axis=1, base=3)  # normalizes the rest
    torch.testing.assert_close(complement_entropy(target, labels), torch.from_numpy(expected))


def test_is_minus_1_where_the_wrong_classes_are_alike_and_0_where_one_has_all():
    logits = torch.tensor([[9.0, 2, 2, 2], [9, 200, 2, 2]])
    value = complement_entropy(logits, torch.zeros(2, dtype=torch.long))
    assert value.tolist() == pytest.approx([-1, 0], abs=1e-6)


def test_the_logit_of_the_label_does_not_matter(target):
    labels = torch.tensor([0, 1, 2, 3, 1])
    target.requires_grad_()
    complement_entropy(target, labels).sum().backward()
    own = target.grad.gather(1, labels[:, None])
    assert torch.equal(own, torch.zeros(5, 1).double())
    assert target.grad.isfinite().all()
    assert torch.autograd.gradcheck(lambda x: complement_entropy(x, labels), target)


def test_two_classes_leave_nothing_open():
    logits = torch.tensor([[1.0, 2]], requires_grad=True)
    value = complement_entropy(logits, torch.tensor([0]))
    value.sum().backward()
    assert value.tolist() == [0]
    assert logits.grad.tolist() == [[0, 0]]
