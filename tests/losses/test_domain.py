from math import log

import pytest
import torch
from torch.nn import functional as F

from da.layers import reverse_gradient
from da.losses import domain_classification, domain_confusion, taken_for_source

ZS = torch.tensor([0.0, 2.0]).double()
ZT = torch.tensor([-1.0, 3.0, 0.0]).double()


def test_hand_computed_value_counts_both_domains_alike():
    assert domain_classification(ZS, ZT).item() == pytest.approx(0.8808515011760477, rel=1e-12)
    pooled = F.binary_cross_entropy_with_logits(
        torch.cat([ZS, ZT]), torch.tensor([1.0, 1, 0, 0, 0]).double()
    )
    assert pooled.item() == pytest.approx(0.9750142823, abs=1e-10)


def test_agrees_with_cross_entropy_of_each_domain(source, target):
    zs, zt = source[:, 0], target[:, 0]
    expected = F.binary_cross_entropy_with_logits(zs, torch.ones_like(zs)) / 2
    expected += F.binary_cross_entropy_with_logits(zt, torch.zeros_like(zt)) / 2
    torch.testing.assert_close(domain_classification(zs, zt), expected)


def test_is_log_2_when_the_domains_cannot_be_told_apart():
    assert domain_classification(torch.zeros(3), torch.zeros(5)).item() == pytest.approx(log(2))


def test_swapping_the_domains_and_the_signs_changes_nothing():
    torch.testing.assert_close(domain_classification(-ZT, -ZS), domain_classification(ZS, ZT))


def test_confident_mistakes_keep_their_loss_and_gradient():
    zs, zt = torch.tensor([-200.0], requires_grad=True), torch.tensor([200.0], requires_grad=True)
    loss = domain_classification(zs, zt)
    loss.backward()
    assert loss.item() == 200
    assert (zs.grad.item(), zt.grad.item()) == (-0.5, 0.5)


def test_weights_are_normalized_in_each_domain():
    value = domain_classification(ZS, ZT, torch.tensor([2.0, 6.0]), torch.tensor([0.0, 0.0, 5.0]))
    source, target = F.softplus(-ZS), F.softplus(ZT)
    expected = (0.25 * source[0] + 0.75 * source[1] + target[2]) / 2
    torch.testing.assert_close(value, expected)


def test_equal_weights_are_no_weights():
    weighted = domain_classification(ZS, ZT, torch.full((2,), 3.0), torch.full((3,), 0.1))
    torch.testing.assert_close(weighted, domain_classification(ZS, ZT))


def test_gradient_and_its_gradient():
    inputs = ZS.clone().requires_grad_(), ZT.clone().requires_grad_()
    assert torch.autograd.gradcheck(domain_classification, inputs)
    assert torch.autograd.gradgradcheck(domain_classification, inputs)


def adversarial_gradients(weight):
    """Loss and gradients of a linear discriminator behind a gradient reversal."""
    features = torch.tensor([[1.0, 2], [3, 4]], dtype=torch.float64, requires_grad=True)
    discriminator = torch.tensor([1.0, -1], dtype=torch.float64, requires_grad=True)
    logits = reverse_gradient(features, weight) @ discriminator
    loss = domain_classification(logits[:1], logits[1:])
    return loss, *torch.autograd.grad(loss, (features, discriminator))


def test_hand_computed_adversarial_gradients():
    loss, features, discriminator = adversarial_gradients(0.5)
    assert loss.item() == pytest.approx(0.8132616875182228, rel=1e-12)
    expected = [[0.1827646447, -0.1827646447], [-0.0672353553, 0.0672353553]]
    torch.testing.assert_close(features, torch.tensor(expected).double(), atol=1e-8, rtol=0)
    expected = [0.0378828427, -0.1931757359]
    torch.testing.assert_close(discriminator, torch.tensor(expected).double(), atol=1e-8, rtol=0)


def test_discriminator_learns_at_the_same_rate_whatever_the_weight():
    _, features, discriminator = adversarial_gradients(0.5)
    for weight in (0.0, 1.0, 10.0):
        _, other_features, other_discriminator = adversarial_gradients(weight)
        assert torch.equal(other_discriminator, discriminator)
        torch.testing.assert_close(other_features, features * weight / 0.5)


def test_confusion_is_the_cross_entropy_with_either_domain(source, target):
    zs, zt = source[:, 0], target[:, 0]
    expected = sum(
        F.binary_cross_entropy_with_logits(z, torch.full_like(z, 0.5)) / 2 for z in (zs, zt)
    )
    torch.testing.assert_close(domain_confusion(zs, zt), expected)
    assert torch.autograd.gradcheck(domain_confusion, (ZS.requires_grad_(), ZT.requires_grad_()))


def test_confusion_is_smallest_where_the_discriminator_knows_nothing():
    assert domain_confusion(torch.zeros(3), torch.zeros(5)).item() == pytest.approx(log(2))
    assert domain_confusion(ZS, ZT) > log(2)
    assert domain_confusion(ZS, ZT).item() == pytest.approx(domain_confusion(-ZS, -ZT).item())


def test_target_taken_for_source_has_the_labels_of_the_source():
    expected = F.binary_cross_entropy_with_logits(ZT, torch.ones_like(ZT))
    torch.testing.assert_close(taken_for_source(ZT), expected)
    assert taken_for_source(torch.zeros(4)).item() == pytest.approx(log(2))


def test_both_are_finite_and_full_precision_for_confident_discriminators():
    logits = torch.tensor([-200.0, 200.0], dtype=torch.bfloat16, requires_grad=True)
    with torch.autocast("cpu", torch.bfloat16):
        values = domain_confusion(logits, logits), taken_for_source(logits)
    assert all(v.dtype == torch.float32 for v in values)
    assert [v.item() for v in values] == [100, 100]
