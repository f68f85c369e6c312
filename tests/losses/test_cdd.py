import pytest
import torch
from sklearn.metrics.pairwise import rbf_kernel

from da.losses import contrastive_discrepancy, mmd

LABELS = torch.tensor([0, 0, 1, 1, 1, 2, 2])
ASSIGNED = torch.tensor([0, 1, 1, 3, 0])  # the domains share classes 0 and 1


def one_kernel(source, target, labels=LABELS, assigned=ASSIGNED):
    return contrastive_discrepancy(
        source, target, labels, assigned, num_classes=4, scales=(1.0,), bandwidth=2.0
    )


def reference(source, target, labels, assigned):
    """Eq. 3-5 of Kang et al. (2019), pair by pair, each sum over the number of its own pairs."""

    def mean(x, y):
        return rbf_kernel(x, y, gamma=0.5).mean()

    shared = sorted(set(labels.tolist()) & set(assigned.tolist()))
    part = {
        (c, e): mean(source[labels == c], source[labels == c])
        + mean(target[assigned == e], target[assigned == e])
        - 2 * mean(source[labels == c], target[assigned == e])
        for c in shared
        for e in shared
    }
    intra = [v for (c, e), v in part.items() if c == e]
    inter = [v for (c, e), v in part.items() if c != e]
    return sum(intra) / len(intra) - (sum(inter) / len(inter) if inter else 0)


def test_agrees_with_the_paper_pair_by_pair(source, target):
    expected = reference(source, target, LABELS, ASSIGNED)
    assert one_kernel(source, target).item() == pytest.approx(expected, rel=1e-10)


def test_classes_of_unequal_sizes_count_alike(source, target):
    labels, assigned = torch.tensor([0, 0, 0, 0, 0, 0, 1]), torch.tensor([1, 1, 1, 1, 0])
    expected = reference(source, target, labels, assigned)
    value = one_kernel(source, target, labels, assigned).item()
    assert value == pytest.approx(expected, rel=1e-10)


def test_with_one_class_it_is_the_discrepancy_of_the_domains(source, target):
    zeros = torch.zeros(7, dtype=torch.long), torch.zeros(5, dtype=torch.long)
    expected = mmd(source, target, scales=(1.0,), bandwidth=2.0)
    torch.testing.assert_close(one_kernel(source, target, *zeros), expected)


def test_is_negative_where_classes_agree_and_lie_apart():
    points = torch.tensor([[0.0], [0.1], [9.0], [9.1]]).double()
    labels = torch.tensor([0, 0, 1, 1])
    value = one_kernel(points, points, labels, labels).item()
    assert value == pytest.approx(-2, abs=0.02)


@pytest.mark.parametrize("rows", [0, 2])
def test_is_zero_with_a_gradient_of_zero_if_the_domains_share_no_class(source, target, rows):
    source.requires_grad_()
    value = one_kernel(source, target[:rows], LABELS, torch.full((rows,), 3))
    value.backward()
    assert value.item() == 0
    assert not source.grad.any()


def test_gradient(source, target):
    inputs = source.requires_grad_(), target.requires_grad_()
    assert torch.autograd.gradcheck(one_kernel, inputs)
