"""What every quantity of a batch of predictions has in common."""

from functools import partial

import pytest
import torch

from da.losses import (
    class_balance,
    class_confusion,
    confident_cross_entropy,
    consistency,
    entropy,
    fast_nuclear_norm,
    mutual_information,
    nuclear_norm,
)

# exact in half precision
TEACHER = torch.randn(5, 4, generator=torch.Generator().manual_seed(2)).bfloat16().double()


def with_teacher(loss, logits, **options):
    """The loss with a teacher who says something else of the same samples."""
    teacher = logits.detach().flip(1) if logits.shape != TEACHER.shape else TEACHER.to(logits)
    return loss(logits, teacher, **options)


QUANTITIES = [
    pytest.param(entropy, id="entropy"),
    pytest.param(mutual_information, id="mutual_information"),
    pytest.param(nuclear_norm, id="nuclear_norm"),
    pytest.param(fast_nuclear_norm, id="fast_nuclear_norm"),
    pytest.param(class_confusion, id="class_confusion"),
    pytest.param(class_balance, id="class_balance"),
    pytest.param(partial(with_teacher, consistency), id="consistency"),
    pytest.param(partial(with_teacher, confident_cross_entropy), id="confident_cross_entropy"),
]
every_quantity = pytest.mark.parametrize("quantity", QUANTITIES)


@every_quantity
@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_half_precision_logits_under_autocast_give_float32(quantity, target, dtype):
    logits = target.to(dtype).requires_grad_()
    with torch.autocast("cpu", torch.bfloat16):
        value = quantity(logits)
    value.sum().backward()
    assert value.dtype == torch.float32
    torch.testing.assert_close(value, quantity(logits.detach().float()))
    assert logits.grad.isfinite().all()


@every_quantity
def test_double_precision_stays(quantity, target):
    assert quantity(target).dtype == torch.float64


@every_quantity
def test_a_constant_on_all_logits_of_a_sample_changes_nothing(quantity, target):
    shifted = quantity(target + torch.arange(5.0)[:, None])
    torch.testing.assert_close(shifted, quantity(target))


@every_quantity
@pytest.mark.parametrize("value", [0.0, 1.0, 300.0])
def test_value_and_gradient_are_finite_at_the_edge(quantity, value):
    """Uniform predictions, and certain ones of a single class."""
    logits = torch.zeros(6, 3)
    logits[:, 1] = value
    logits.requires_grad_()
    quantity(logits).sum().backward()
    assert quantity(logits).isfinite().all()
    assert logits.grad.isfinite().all()


@every_quantity
def test_logits_that_are_not_finite_show(quantity, target):
    target[0, 0] = torch.nan
    assert quantity(target).sum().isnan()


@pytest.mark.parametrize("quantity", QUANTITIES[:6])
def test_does_not_depend_on_the_order_of_samples_or_classes(quantity, target):
    torch.testing.assert_close(quantity(target.flip(0)).sum(), quantity(target).sum())
    torch.testing.assert_close(quantity(target[:, [2, 0, 3, 1]]).sum(), quantity(target).sum())


@pytest.mark.parametrize("quantity", [q for q in QUANTITIES if q.id != "class_confusion"])
def test_gradient(quantity, target):
    assert torch.autograd.gradcheck(quantity, target.requires_grad_())
