import pytest
import torch
from sklearn.metrics.pairwise import rbf_kernel
from torch.nn import functional as F

from da.losses import lmmd, mmd

S4 = torch.tensor([[0.0, 0], [1, 0], [0, 1], [2, 1]]).double()
T3 = torch.tensor([[1.0, 1], [2, 3], [0, 2]]).double()
LABELS = torch.tensor([0, 0, 1, 1])
PT = torch.tensor([[0.5, 0.5], [0.1, 0.9], [0.8, 0.2]], dtype=torch.float64)
HARD = F.one_hot(torch.tensor([0, 1, 0])).double()


def one_kernel(source, target, labels, probabilities):
    return lmmd(source, target, labels, probabilities, scales=(1.0,), bandwidth=2.0)


@pytest.mark.parametrize(
    ("labels", "probabilities", "value"),
    [
        (LABELS, PT, 0.7327849672846589),
        (LABELS, HARD, 1.152653289281352),
        (0 * LABELS, torch.ones(3, 1).double(), 0.4297799908538923),
    ],
)
def test_hand_computed_values(labels, probabilities, value):
    assert one_kernel(S4, T3, labels, probabilities).item() == pytest.approx(value, rel=1e-10)


def test_with_certain_predictions_it_is_the_mean_discrepancy_of_the_classes():
    classes = [
        mmd(S4[c == LABELS], T3[HARD.argmax(1) == c], scales=(1.0,), bandwidth=2.0) for c in (0, 1)
    ]
    torch.testing.assert_close(one_kernel(S4, T3, LABELS, HARD), sum(classes) / 2)


def test_agrees_with_the_sum_over_all_pairs():
    kernel = rbf_kernel(torch.cat([S4, T3]), gamma=0.5)
    total = 0.0
    for c in (0, 1):
        signs = [1 / 2 if y == c else 0 for y in LABELS]
        signs += [-p / PT[:, c].sum() for p in PT[:, c]]
        total += sum(signs[i] * signs[j] * kernel[i, j] for i in range(7) for j in range(7)) / 2
    assert one_kernel(S4, T3, LABELS, PT).item() == pytest.approx(float(total), rel=1e-10)


def test_a_class_that_one_domain_lacks_does_not_count():
    three = torch.cat([0.9 * PT, torch.full((3, 1), 0.1).double()], dim=1)
    torch.testing.assert_close(one_kernel(S4, T3, LABELS, three), one_kernel(S4, T3, LABELS, PT))
    of_the_first = one_kernel(S4, T3, 0 * LABELS, PT)  # the source has no other
    weights = torch.cat([torch.full((4,), 0.25).double(), -PT[:, 0] / PT[:, 0].sum()])
    kernel = torch.from_numpy(rbf_kernel(torch.cat([S4, T3]), gamma=0.5))
    torch.testing.assert_close(of_the_first, weights @ kernel @ weights)


def test_is_zero_with_a_gradient_of_zero_if_the_domains_share_no_class():
    source = S4.clone().requires_grad_()
    value = one_kernel(source, T3, 0 * LABELS, HARD.flip(1)[[0, 0, 0]])
    value.backward()
    assert value.item() == 0
    assert not source.grad.any()


def test_no_gradient_flows_through_the_predictions():
    source, target = S4.clone().requires_grad_(), T3.clone().requires_grad_()
    probabilities = PT.clone().requires_grad_()
    lmmd(source, target, LABELS, probabilities).backward()
    assert probabilities.grad is None
    assert min(source.grad.abs().max(), target.grad.abs().max()) > 1e-3
    assert torch.autograd.gradcheck(lambda x, y: one_kernel(x, y, LABELS, PT), (source, target))
