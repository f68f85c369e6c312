import pytest
import torch

from da.losses import importance


def test_hand_computed_values():
    logits = torch.tensor([0.9, 0.5, 0.2], dtype=torch.float64).logit()
    expected = [0.21428571, 1.07142857, 1.71428571]
    assert importance(logits).tolist() == pytest.approx(expected, abs=1e-8)


def test_is_1_on_average_and_larger_the_more_a_sample_is_like_the_target(source):
    weights = importance(source[:, 0])
    assert weights.mean().item() == pytest.approx(1)
    assert torch.equal(weights.argsort(), source[:, 0].argsort(descending=True))


def test_keeps_apart_samples_that_the_discriminator_is_sure_of():
    weights = importance(torch.tensor([40.0, 41.0]))  # 1 - sigmoid would be 0 for both
    assert (weights[0] / weights[1]).item() == pytest.approx(2.7182818, rel=1e-5)


def test_no_gradient_flows_through_it(source):
    assert not importance(source[:, 0].requires_grad_()).requires_grad
