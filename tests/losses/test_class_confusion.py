import pytest
import torch

from da.losses import class_confusion

P4 = torch.tensor(
    [[0.7, 0.2, 0.1], [0.1, 0.8, 0.1], [0.3, 0.3, 0.4], [0.05, 0.05, 0.9]], dtype=torch.float64
)


@pytest.mark.parametrize(
    ("logits", "temperature", "value"),
    [
        (P4.log(), 1.0, 0.406860301386134),
        (P4.log(), 2.5, 0.614015862092028),
        (torch.zeros(5, 4), 2.5, 0.75),  # 1 - 1 / 4
    ],
)
def test_hand_computed_values(logits, temperature, value):
    result = class_confusion(logits, temperature=temperature).item()
    assert result == pytest.approx(value, abs=1e-12)


def test_the_temperature_of_the_paper_is_the_default():
    assert torch.equal(class_confusion(P4.log()), class_confusion(P4.log(), temperature=2.5))


def reference(logits, certainty):
    """Eq. 2-6 with given weights of the samples, written out."""
    p = logits.softmax(1)
    k = p.shape[1]
    correlation = [
        [sum(certainty[i] * p[i, a] * p[i, b] for i in range(len(p))) for b in range(k)]
        for a in range(k)
    ]
    total = p.new_zeros(())
    for a in range(k):
        total = total + sum(correlation[a][b] for b in range(k) if b != a) / sum(correlation[a])
    return total / k


def test_no_gradient_flows_through_the_weights_of_the_samples(target):
    p = target.softmax(1)
    certainty = 1 + torch.exp((p * p.log()).sum(1))
    first, second = (target.clone().requires_grad_() for _ in range(2))
    class_confusion(first, temperature=1.0).backward()
    reference(second, certainty / certainty.mean()).backward()
    torch.testing.assert_close(first.grad, second.grad)


def test_a_class_that_no_sample_has_is_confused_with_none():
    logits = torch.tensor([[0.0, 0, -400], [5, 0, -400]])
    value = class_confusion(logits)
    assert value.isfinite()
    torch.testing.assert_close(value, 2 / 3 * class_confusion(logits[:, :2]))


@pytest.mark.parametrize("temperature", [0.0, -1.0])
def test_refuses_a_temperature_that_is_not_positive(temperature):
    with pytest.raises(ValueError, match=f"a temperature is positive; got {temperature}"):
        class_confusion(P4.log(), temperature=temperature)
