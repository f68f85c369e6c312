import pytest
import torch
from torch.nn import functional as F

from da.losses import confident_cross_entropy

WEAK = torch.tensor([[5.0, 0, 0], [1, 0, 0], [0, 6, 0]]).double()
STRONG = torch.tensor([[2.0, 1, 0], [0, 1, 0], [0, 1, 1]]).double()


def test_hand_computed_value_divides_by_all_samples():
    value = confident_cross_entropy(STRONG, WEAK, threshold=0.95).item()
    assert value == pytest.approx(0.42320025616754386, abs=1e-12)
    assert value * 3 / 2 == pytest.approx(0.63480038, abs=1e-8)  # over the two confident ones


def test_a_threshold_of_zero_takes_all_labels():
    value = confident_cross_entropy(STRONG, WEAK, threshold=0.0)
    torch.testing.assert_close(value, F.cross_entropy(STRONG, torch.tensor([0, 0, 1])))


def test_without_a_threshold_a_sample_counts_by_its_confidence():
    losses = F.cross_entropy(STRONG, torch.tensor([0, 0, 1]), reduction="none")
    confidence = torch.tensor([0.98670329, 0.57611688, 0.99506695]).double()
    value = confident_cross_entropy(STRONG, WEAK)
    torch.testing.assert_close(value, (confidence * losses).mean(), atol=1e-7, rtol=0)


@pytest.mark.parametrize("threshold", [None, 0.5])
def test_the_teacher_receives_no_gradient(threshold):
    logits, teacher = STRONG.clone().requires_grad_(), WEAK.clone().requires_grad_()
    confident_cross_entropy(logits, teacher, threshold=threshold).backward()
    assert logits.grad.any()
    assert teacher.grad is None
    itself = WEAK.clone().requires_grad_()
    confident_cross_entropy(itself, itself, threshold=threshold).backward()
    apart = WEAK.clone().requires_grad_()
    confident_cross_entropy(apart, WEAK, threshold=threshold).backward()
    assert torch.equal(itself.grad, apart.grad)
