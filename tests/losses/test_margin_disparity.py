import math

import pytest
import torch

from da.losses import margin_disparity


def at(source, target, chosen=(0, 0), margin=4.0):
    rows = (torch.tensor([x], dtype=torch.float64) for x in (source, target))
    classes = (torch.tensor([c]) for c in chosen)
    return margin_disparity(*rows, *classes, margin=margin)


def test_hand_computed_value():
    value = at([1, 0, 0], [0, 0, 1], (0, 2))
    assert value.item() == pytest.approx(-3.06407638910031, abs=1e-9)
    total = math.e + 2
    expected = math.log(1 - math.e / total) + 4 * math.log(math.e / total)
    assert value.item() == pytest.approx(expected, abs=1e-12)


def test_uniform_adversary_of_three_classes():
    assert at([0, 0, 0], [0, 0, 0]).item() == pytest.approx(-4.799914262780604, abs=1e-9)


def test_optimum_between_equal_domains():
    best = [math.log(0.8), math.log(0.2)]
    value = at(best, best)
    assert value.item() == pytest.approx(-2.5020121176909393, abs=1e-9)
    for p in (0.78, 0.82):
        other = [math.log(p), math.log(1 - p)]
        assert at(other, other) < value


def test_a_confident_adversary_keeps_its_value_and_gradient():
    target = torch.tensor([[20.0, 0, 0]], dtype=torch.float64, requires_grad=True)
    none = torch.zeros(1, 3, dtype=torch.float64)
    zero = torch.tensor([0])
    value = margin_disparity(none, target, zero, zero, margin=1e-12)
    assert value.item() == pytest.approx(-19.306852823562363, abs=1e-9)
    value.backward()
    assert target.grad[0, 0].item() == pytest.approx(-1, abs=1e-6)


def test_each_sample_is_judged_by_its_own_class(source, target):
    ys, yt = torch.arange(7) % 4, torch.arange(5) % 4
    value = margin_disparity(source, target, ys, yt, margin=2.0)
    p, q = source.softmax(1), target.softmax(1)
    agreement = sum(p[i, y].log() for i, y in enumerate(ys)) / 7
    disagreement = sum((1 - q[i, y]).log() for i, y in enumerate(yt)) / 5
    torch.testing.assert_close(value, disagreement + 2 * agreement)


def test_gradient(source, target):
    classes = torch.zeros(7, dtype=torch.long), torch.ones(5, dtype=torch.long)
    inputs = source.requires_grad_(), target.requires_grad_()
    assert torch.autograd.gradcheck(lambda s, t: margin_disparity(s, t, *classes), inputs)


def test_half_precision_logits_of_confident_classifiers_stay_finite():
    logits = torch.tensor([[12.0, 0, 0]], dtype=torch.bfloat16, requires_grad=True)
    zero = torch.tensor([0])
    with torch.autocast("cpu", torch.bfloat16):
        value = margin_disparity(logits, logits, zero, zero)
    assert value.dtype == torch.float32
    assert value.isfinite()
    value.backward()
    assert logits.grad.isfinite().all()
