import pytest
import torch

from da.losses import scale_invariant_error


def test_hand_computed_values():
    inputs = torch.zeros(2, 1, 2, 2, dtype=torch.float64)
    drawn = torch.tensor([[[[1.0, 1], [1, 1]]], [[[0.0, 2], [0, 2]]]], dtype=torch.float64)
    # The first is wrong by a constant; of the second, 8 / 4 - (4 / 4)².
    assert scale_invariant_error(drawn, inputs).item() == pytest.approx(0.5)


def test_is_what_the_paper_writes():
    drawn, inputs = torch.randn(
        2, 5, 3, 4, 4, dtype=torch.float64, generator=torch.Generator().manual_seed(0)
    )
    k = 3 * 4 * 4
    expected = 0.0
    for x, y in zip(inputs, drawn, strict=True):
        expected += (x - y).square().sum() / k - (x - y).sum() ** 2 / k**2
    torch.testing.assert_close(scale_invariant_error(drawn, inputs), expected / 5)


def test_pairs_of_pixels_are_what_counts():
    drawn = torch.randn(1, 6, dtype=torch.float64, generator=torch.Generator().manual_seed(1))
    pairs = (drawn[0][:, None] - drawn[0][None]).square()
    expected = pairs.sum() / (2 * 6**2)
    torch.testing.assert_close(scale_invariant_error(drawn, torch.zeros_like(drawn)), expected)


def test_gradient():
    rng = torch.Generator().manual_seed(2)
    drawn, inputs = torch.randn(2, 3, 5, dtype=torch.float64, generator=rng)
    assert torch.autograd.gradcheck(scale_invariant_error, (drawn.requires_grad_(), inputs))


def test_half_precision_inputs_give_a_float32_error():
    with torch.autocast("cpu", torch.bfloat16):
        value = scale_invariant_error(torch.zeros(2, 3).bfloat16(), torch.ones(2, 3).bfloat16())
    assert value.dtype == torch.float32
    assert value.item() == 0
