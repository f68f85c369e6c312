from math import sqrt

import pytest
import torch

from da.losses import fast_nuclear_norm, nuclear_norm

P4 = torch.tensor(
    [[0.7, 0.2, 0.1], [0.1, 0.8, 0.1], [0.3, 0.3, 0.4], [0.05, 0.05, 0.9]], dtype=torch.float64
)
CERTAIN = torch.eye(3, dtype=torch.float64)


@pytest.mark.parametrize(
    ("probabilities", "value"),
    [
        (CERTAIN, 1.0),
        (torch.full((4, 3), 1 / 3).double(), 0.28867513459481287),  # 1 / sqrt(12)
        (CERTAIN[[0, 0, 1, 1, 2, 2]], 0.7071067811865476),  # certain and balanced: sqrt(3 / 6)
        (CERTAIN[[0] * 6], 0.40824829046386296),  # one class: 1 / sqrt(6)
        (P4, 0.6405285802949909),
    ],
)
def test_hand_computed_values(probabilities, value):
    assert nuclear_norm(probabilities.log()).item() == pytest.approx(value, abs=1e-8)


def test_hand_computed_value_of_the_fast_variant():
    assert 4 * fast_nuclear_norm(P4.log()).item() == pytest.approx(2.6436474446, abs=1e-9)


def test_agrees_with_the_norm_of_torch(target):
    expected = torch.linalg.matrix_norm(target.softmax(1), "nuc") / 5
    torch.testing.assert_close(nuclear_norm(target), expected)


def test_the_fast_variant_is_exact_for_certain_predictions():
    logits = CERTAIN[[0, 0, 1, 2, 2, 2]].log()
    torch.testing.assert_close(fast_nuclear_norm(logits), nuclear_norm(logits))


def test_the_fast_variant_takes_as_many_columns_as_there_are_singular_values():
    p = torch.tensor([[0.5, 0.3, 0.2], [0.6, 0.3, 0.1]]).double()
    expected = (sqrt(0.25 + 0.36) + sqrt(0.09 + 0.09)) / 2
    assert fast_nuclear_norm(p.log()).item() == pytest.approx(expected, rel=1e-7)


def test_gradient_is_the_product_of_the_singular_vectors(target):
    # at repeated singular values too, where a decomposition's own gradient is not finite
    for logits in (target, 5 * torch.eye(4).double()):
        logits = logits.clone().requires_grad_()
        p = logits.softmax(1)
        p.retain_grad()
        (torch.linalg.svdvals(p).sum() / len(p)).backward()
        expected, logits.grad = logits.grad.clone(), None
        nuclear_norm(logits).backward()
        u, _, v = torch.linalg.svd(p.detach(), full_matrices=False)
        torch.testing.assert_close(p.grad, u @ v / len(p))
        torch.testing.assert_close(logits.grad, expected)
