"""What every distance between two samples of features has in common."""

from functools import partial

import pytest
import torch

from da.losses import (
    central_moments,
    coral,
    coral_mean,
    log_coral,
    mmd,
    moment_tensors,
    sinkhorn_divergence,
)

DISCREPANCIES = [
    pytest.param(coral, id="coral"),
    pytest.param(mmd, id="mmd"),
    pytest.param(partial(mmd, scales=(1.0,), bandwidth=3.0), id="mmd-fixed"),
    pytest.param(partial(mmd, bandwidth="mean"), id="mmd-mean"),
    pytest.param(partial(mmd, kernel="laplacian"), id="mmd-laplacian"),
    pytest.param(partial(mmd, kernel="imq"), id="mmd-imq"),
    pytest.param(partial(mmd, kernel="energy"), id="mmd-energy"),
    pytest.param(partial(mmd, kernel="linear"), id="mmd-linear"),
    pytest.param(coral_mean, id="coral_mean"),
    pytest.param(log_coral, id="log_coral"),
    pytest.param(central_moments, id="central_moments"),
    pytest.param(moment_tensors, id="moment_tensors"),
    pytest.param(partial(moment_tensors, order=4), id="moment_tensors-4"),
    pytest.param(sinkhorn_divergence, id="sinkhorn_divergence"),
]
#: They look along the axes.
AXES = ("mmd-laplacian", "central_moments")
pytestmark = pytest.mark.parametrize("discrepancy", DISCREPANCIES)


def test_is_positive_between_different_samples(discrepancy, source, target):
    assert discrepancy(source, target) > 0.01


def test_is_zero_between_a_sample_and_itself(discrepancy, source):
    assert discrepancy(source, source.clone()).item() == pytest.approx(0, abs=1e-14)


def test_is_symmetric(discrepancy, source, target):
    torch.testing.assert_close(discrepancy(source, target), discrepancy(target, source))


def test_does_not_depend_on_the_order_of_the_rows(discrepancy, source, target):
    permuted = discrepancy(source[torch.randperm(7)], target.flip(0))
    torch.testing.assert_close(permuted, discrepancy(source, target))


def test_does_not_depend_on_a_rotation(discrepancy, source, target, request):
    if any(f"[{name}]" in request.node.name for name in AXES):
        pytest.skip("depends on the axes")
    rotation = torch.linalg.qr(source[:4]).Q
    rotated = discrepancy(source @ rotation, target @ rotation)
    torch.testing.assert_close(rotated, discrepancy(source, target))


def test_both_domains_receive_a_gradient(discrepancy, source, target):
    source.requires_grad_(), target.requires_grad_()
    discrepancy(source, target).backward()
    assert source.grad.abs().max() > 1e-3
    assert target.grad.abs().max() > 1e-3


@pytest.mark.parametrize("case", ["identical rows", "constant features", "two and three rows"])
def test_value_and_gradient_are_finite_at_the_edge(discrepancy, source, target, case):
    if case == "identical rows":
        source, target = source[:1].repeat(4, 1), source[:1].repeat(3, 1)
    elif case == "constant features":
        source, target = torch.ones_like(source), torch.zeros_like(target)
    else:
        source, target = source[:2], target[:3]
    source.requires_grad_(), target.requires_grad_()
    value = discrepancy(source, target)
    value.backward()
    assert value.isfinite()
    assert source.grad.isfinite().all()
    assert target.grad.isfinite().all()
