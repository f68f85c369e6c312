import pytest
import torch

from da.losses import hard_feature_norm, stepwise_feature_norm

FEATURES = torch.tensor([[3.0, 4], [0, 2]]).double()


def gradient(loss, features, **kwargs):
    features = features.clone().requires_grad_()
    (result,) = torch.autograd.grad(loss(features, **kwargs), features)
    return result


def test_hand_computed_values():
    assert stepwise_feature_norm(FEATURES).item() == 1
    assert hard_feature_norm(FEATURES).item() == pytest.approx(464.5)  # (20^2 + 23^2) / 2


def test_hand_computed_gradient_of_a_step():
    expected = torch.tensor([[-0.6, -0.8], [0, -1]]).double()
    torch.testing.assert_close(gradient(stepwise_feature_norm, FEATURES), expected)


@pytest.mark.parametrize("step", [0.3, 2.0])
def test_every_norm_is_asked_to_grow_alike_and_the_value_says_nothing(source, step):
    assert stepwise_feature_norm(source, step=step).item() == pytest.approx(step**2)
    norms = gradient(stepwise_feature_norm, source, step=step).norm(dim=1)
    torch.testing.assert_close(norms, torch.full((7,), 2 * step / 7).double())


def test_norms_at_the_radius_rest():
    unit = torch.nn.functional.normalize(FEATURES)
    assert hard_feature_norm(3 * unit, radius=3.0).item() == pytest.approx(0, abs=1e-20)
    assert gradient(hard_feature_norm, 3 * unit, radius=3.0).abs().max() < 1e-12
    assert (gradient(hard_feature_norm, 4 * unit, radius=3.0) * unit > -1e-12).all()


@pytest.mark.parametrize("loss", [hard_feature_norm, stepwise_feature_norm])
def test_gradient_is_finite_at_zero(loss):
    assert gradient(loss, torch.zeros(3, 2)).isfinite().all()


def test_gradient_of_the_hard_norm(source):
    assert torch.autograd.gradcheck(hard_feature_norm, source.requires_grad_())


@pytest.mark.parametrize("loss", [hard_feature_norm, stepwise_feature_norm])
def test_half_precision_does_not_overflow(loss):
    value = loss(torch.full((4, 2048), 200.0).half())
    assert value.dtype == torch.float32
    assert value.isfinite()
