import pytest
import torch

from da.batch import Labeled, Unlabeled
from da.losses import margin_disparity
from da.methods import MDD


def terms(method, weight_of_step=5):
    """Return the term and the gradients of features and logits, of both domains."""
    method._trainer = type("Run", (), {"global_step": weight_of_step, "max_steps": 10})()
    rng = torch.Generator().manual_seed(0)
    source, target = torch.randn(6, 8, generator=rng) + 1, torch.randn(4, 8, generator=rng)
    inputs = [x.requires_grad_() for x in (source, target, source[:, :3] * 2, target[:, 3:6] * 2)]
    inputs = [x.detach().clone().requires_grad_() for x in inputs]
    loss = method.adaptation_loss(
        Labeled(inputs[0], inputs[2], torch.zeros(6, dtype=torch.long)),
        Unlabeled(inputs[1], inputs[3]),
    )
    loss.backward()
    return loss, inputs


def test_the_adversary_maximizes_the_disparity_on_the_classes_of_the_classifier(build):
    method = build(MDD, margin=2.0, width=5)
    loss, (source, target, source_logits, target_logits) = terms(method)
    with torch.no_grad():
        expected = margin_disparity(
            method.adversary(source),
            method.adversary(target),
            source_logits.argmax(1),
            target_logits.argmax(1),
            margin=2.0,
        )
    torch.testing.assert_close(loss.detach(), -expected)
    assert loss > 0


def test_features_receive_the_reversed_gradient_and_predictions_none(build):
    method = build(MDD, width=5, weight=0.5)
    _, (source, target, *logits) = terms(method)
    assert all(x.grad is None for x in logits)
    reversed_ = source.grad.clone(), target.grad.clone()
    method = build(MDD, width=5, weight=1.0)
    _, (source, target, *_) = terms(method)
    torch.testing.assert_close(source.grad, 2 * reversed_[0])
    torch.testing.assert_close(target.grad, 2 * reversed_[1])


def test_a_step_along_the_gradient_lowers_the_disparity_of_the_features(build):
    """The reversed gradient makes the features minimize what the adversary maximizes."""
    method = build(MDD, width=5, depth=0, weight=1.0)
    loss, (source, target, *logits) = terms(method)
    labels = torch.zeros(6, dtype=torch.long)
    moved = source.detach() - 0.1 * source.grad, target.detach() - 0.1 * target.grad
    after = method.adaptation_loss(
        Labeled(moved[0], logits[0], labels), Unlabeled(moved[1], logits[1])
    )
    assert -after < -loss


def test_refuses_a_margin_that_is_not_positive(build):
    with pytest.raises(ValueError, match=r"the margin is positive; got margin=0\.0"):
        build(MDD, margin=0.0)
