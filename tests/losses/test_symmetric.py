from math import log

import pytest
import torch
import torch.nn.functional as F

from da.losses import (
    category_confusion,
    symmetric_confusion,
    symmetric_discrimination,
    symmetric_entropy,
)

LABELS = torch.arange(7) % 2


def halves(logits):
    """Probabilities of the source classifier's classes and of the target classifier's."""
    return logits.softmax(1).chunk(2, dim=1)


def test_discrimination_is_the_cross_entropy_of_the_domain(source, target):
    expected = -halves(source)[0].sum(1).log().mean() - halves(target)[1].sum(1).log().mean()
    torch.testing.assert_close(symmetric_discrimination(source, target), expected)
    undecided = symmetric_discrimination(torch.zeros(3, 6), torch.zeros(2, 6))
    assert undecided.item() == pytest.approx(2 * log(2))


def test_confusion_is_the_cross_entropy_with_either_domain(target):
    first, second = halves(target)
    expected = -(first.sum(1).log() + second.sum(1).log()).mean() / 2
    torch.testing.assert_close(symmetric_confusion(target), expected)
    assert symmetric_confusion(target) >= log(2)
    assert symmetric_confusion(torch.zeros(2, 6)).item() == pytest.approx(log(2))


def test_category_confusion_asks_for_the_class_in_either_classifier(source):
    expected = F.cross_entropy(source, LABELS) / 2 + F.cross_entropy(source, LABELS + 2) / 2
    torch.testing.assert_close(category_confusion(source, LABELS), expected)
    right = torch.full((1, 4), -50.0)
    right[0, [1, 3]] = 0
    assert category_confusion(right, torch.tensor([1])).item() == pytest.approx(log(2))


def test_entropy_is_that_of_the_classes_whichever_classifier_says_them(target):
    first, second = halves(target)
    p = first + second
    torch.testing.assert_close(symmetric_entropy(target), -(p * p.log()).sum(1).mean())
    split = torch.full((1, 4), -50.0)
    split[0, [1, 3]] = 0  # the domain is open, the class is not
    assert symmetric_entropy(split).item() == pytest.approx(0, abs=1e-12)
    assert symmetric_entropy(torch.zeros(2, 6)).item() == pytest.approx(log(3))


def test_swapping_the_classifiers_with_the_domains_changes_nothing(source, target):
    def swap(logits):
        return torch.cat(logits.chunk(2, dim=1)[::-1], 1)

    expected = symmetric_discrimination(source, target)
    torch.testing.assert_close(symmetric_discrimination(swap(target), swap(source)), expected)
    torch.testing.assert_close(symmetric_confusion(swap(target)), symmetric_confusion(target))


def test_values_and_gradients_of_confident_classifiers_are_finite():
    logits = torch.tensor([[300.0, 0, 0, -300]], dtype=torch.bfloat16, requires_grad=True)
    label = torch.tensor([1])
    with torch.autocast("cpu", torch.bfloat16):
        values = [
            symmetric_discrimination(logits, logits),
            symmetric_confusion(logits),
            category_confusion(logits, label),
            symmetric_entropy(logits),
        ]
    sum(values).backward()
    assert all(v.dtype == torch.float32 and v.isfinite() for v in values)
    assert logits.grad.isfinite().all()


def test_gradients(source, target):
    inputs = source.requires_grad_(), target.requires_grad_()
    assert torch.autograd.gradcheck(symmetric_discrimination, inputs)
    for loss in (symmetric_confusion, symmetric_entropy):
        assert torch.autograd.gradcheck(loss, inputs[1:])
