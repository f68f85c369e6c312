import pytest
import torch

from da.losses import consistency

STUDENT = torch.tensor([[0.6, 0.3, 0.1], [0.2, 0.2, 0.6]], dtype=torch.float64)
TEACHER = torch.tensor([[0.8, 0.1, 0.1], [0.5, 0.3, 0.2]], dtype=torch.float64)


@pytest.mark.parametrize(
    ("threshold", "value"),
    [(0.0, (0.08 / 3 + 0.26 / 3) / 2), (0.7, 0.08 / 3 / 2), (0.9, 0.0)],
)
def test_hand_computed_values_are_means_over_all_samples(threshold, value):
    result = consistency(STUDENT.log(), TEACHER.log(), threshold=threshold).item()
    assert result == pytest.approx(value, abs=1e-12)


def test_is_zero_between_equals_and_at_most_2_over_k():
    certain = 500 * torch.eye(3)
    assert consistency(certain, certain).item() == 0
    assert consistency(certain, certain.flip(0)[[0, 1, 2]] @ certain).item() <= 2 / 3
    assert consistency(certain[:1], certain[1:2]).item() == pytest.approx(2 / 3)


def test_the_teacher_receives_no_gradient():
    student, teacher = STUDENT.log().requires_grad_(), TEACHER.log().requires_grad_()
    consistency(student, teacher).backward()
    assert student.grad.any()
    assert teacher.grad is None
