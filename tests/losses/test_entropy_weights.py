import math

import pytest
import torch

from da.losses import certainty_weights, row_entropies

P = torch.tensor([[0.9, 0.1], [0.5, 0.5]], dtype=torch.float64)


def test_hand_computed_entropies_and_weights():
    entropies, weights = row_entropies(P.log()), certainty_weights(P.log())
    assert entropies.tolist() == pytest.approx([0.3250829734, 0.6931471806], abs=1e-9)
    assert weights.tolist() == pytest.approx([1.72246741, 1.5], abs=1e-8)
    normalized = weights / weights.mean()
    assert normalized.tolist() == pytest.approx([1.06903636, 0.93096364], abs=1e-8)


def test_a_confident_prediction_has_an_entropy_of_hardly_more_than_zero():
    logits = torch.tensor([[30.0, 0, 0]], dtype=torch.float64)
    assert row_entropies(logits).item() == pytest.approx(2 * math.exp(-30) * 31, rel=1e-6)
    assert row_entropies(torch.tensor([[300.0, 0, 0]])).item() == 0
    assert certainty_weights(torch.tensor([[300.0, 0, 0]])).item() == 2


def test_weights_have_no_gradient_and_entropies_have():
    logits = P.log().requires_grad_()
    assert not certainty_weights(logits).requires_grad
    assert torch.autograd.gradcheck(row_entropies, logits)


def test_half_precision_logits_give_float32_weights():
    with torch.autocast("cpu", torch.bfloat16):
        assert certainty_weights(P.log().bfloat16()).dtype == torch.float32
