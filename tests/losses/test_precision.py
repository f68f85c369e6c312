import pytest
import torch

from da.losses import (
    coral,
    coral_mean,
    domain_classification,
    mmd,
    moment_tensors,
    sinkhorn_divergence,
)
from da.losses.precision import full_precision


def pair(loss):
    """Inputs of a loss, wide and far enough to overflow half precision on the way."""
    rng = torch.Generator().manual_seed(0)
    shape = (8,) if loss is domain_classification else (8, 2048)
    return 20 * torch.randn(shape, generator=rng), 20 * torch.randn(shape, generator=rng)


LOSSES = [
    coral,
    coral_mean,
    mmd,
    moment_tensors,
    sinkhorn_divergence,
    domain_classification,
]


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
@pytest.mark.parametrize("loss", LOSSES)
def test_half_precision_inputs_under_autocast_give_a_float32_loss(loss, dtype):
    source, target = (x.to(dtype).requires_grad_() for x in pair(loss))
    with torch.autocast("cpu", torch.bfloat16):
        value = loss(source, target)
    value.backward()
    assert value.dtype == torch.float32
    torch.testing.assert_close(value, loss(source.detach().float(), target.detach().float()))
    for x in (source, target):
        assert x.grad.dtype == dtype
        assert x.grad.isfinite().all()


@pytest.mark.parametrize("loss", LOSSES)
def test_autocast_changes_no_digit_of_a_float32_loss(loss):
    source, target = pair(loss)
    with torch.autocast("cpu", torch.bfloat16):
        value = loss(source, target)
    assert torch.equal(value, loss(source, target))


@pytest.mark.parametrize("loss", LOSSES)
def test_double_precision_stays(loss):
    assert loss(*(x.double() for x in pair(loss))).dtype == torch.float64


@pytest.mark.parametrize("loss", LOSSES)
def test_arguments_may_be_named(loss):
    source, target = pair(loss)
    assert torch.equal(loss(source=source.half(), target=target), loss(source.half(), target))


def test_options_that_are_no_tensors_pass_unchanged():
    seen = []

    @full_precision
    def loss(x, option):
        seen.append((x.dtype, option))
        return x.sum()

    loss(torch.ones(2, dtype=torch.bfloat16), "same")
    assert seen == [(torch.float32, "same")]
    assert loss.__name__ == "loss"
