import pytest
import torch

from da.losses import classifier_discrepancy

FIRST = torch.tensor([[0.7, 0.2, 0.1], [0.3, 0.3, 0.4]], dtype=torch.float64)
SECOND = torch.tensor([[0.5, 0.3, 0.2], [0.3, 0.6, 0.1]], dtype=torch.float64)


def test_hand_computed_value():
    value = classifier_discrepancy(FIRST.log(), SECOND.log())
    assert value.item() == pytest.approx(0.16666666666666666, abs=1e-9)


def test_lies_between_zero_and_two_over_the_number_of_classes(source):
    assert classifier_discrepancy(source, source).item() == 0
    opposite = torch.eye(5)[[0, 1]] * 100, torch.eye(5)[[2, 3]] * 100
    assert classifier_discrepancy(*opposite).item() == pytest.approx(2 / 5)


def test_is_symmetric_and_both_classifiers_receive_a_gradient(source):
    other = source.flip(0).requires_grad_()
    source.requires_grad_()
    value = classifier_discrepancy(source, other)
    torch.testing.assert_close(classifier_discrepancy(other, source), value)
    value.backward()
    assert source.grad.any()
    assert other.grad.any()


def test_half_precision_logits_give_a_float32_discrepancy(source):
    with torch.autocast("cpu", torch.bfloat16):
        value = classifier_discrepancy(source.bfloat16(), source.flip(0).bfloat16())
    assert value.dtype == torch.float32
