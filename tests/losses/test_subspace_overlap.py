import pytest
import torch

from da.losses import subspace_overlap

SIGNS = torch.tensor([[1.0], [-1], [1], [-1]], dtype=torch.float64)
HALVES = torch.tensor([[1.0], [1], [-1], [-1]], dtype=torch.float64)


def test_hand_computed_values():
    assert subspace_overlap(SIGNS, HALVES).item() == 0
    assert subspace_overlap(SIGNS, SIGNS).item() == pytest.approx(16.0)  # 4², of one entry
    twice = torch.cat([SIGNS, 0 * SIGNS], dim=1)
    assert subspace_overlap(twice, SIGNS).item() == pytest.approx(8.0)  # 4² and 0


def test_is_the_squared_norm_of_the_product_over_its_entries(source):
    other = torch.randn(7, 3, dtype=torch.float64, generator=torch.Generator().manual_seed(2))

    def prepared(x):
        centered = x - x.mean(0)
        return centered / centered.norm(dim=1, keepdim=True)

    product = prepared(source).T @ prepared(other)
    expected = torch.linalg.matrix_norm(product) ** 2 / (4 * 3)
    torch.testing.assert_close(subspace_overlap(source, other), expected)


def test_neither_place_nor_scale_nor_order_matters(source):
    other = source.flip(0) ** 2
    expected = subspace_overlap(source, other)
    torch.testing.assert_close(subspace_overlap(3 * source + 5, other), expected)
    torch.testing.assert_close(subspace_overlap(other, source), expected)


def test_gradient(source):
    other = torch.randn(7, 3, dtype=torch.float64, generator=torch.Generator().manual_seed(3))
    inputs = source.requires_grad_(), other.requires_grad_()
    assert torch.autograd.gradcheck(subspace_overlap, inputs)


def test_identical_rows_have_a_finite_gradient():
    first, second = torch.ones(4, 3, requires_grad=True), torch.zeros(4, 2)
    subspace_overlap(first, second).backward()
    assert first.grad.isfinite().all()


def test_half_precision_inputs_give_a_float32_overlap(source):
    with torch.autocast("cpu", torch.bfloat16):
        value = subspace_overlap(source.bfloat16(), source.bfloat16())
    assert value.dtype == torch.float32
