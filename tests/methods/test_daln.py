import pytest
import torch

from da.batch import Labeled, Unlabeled
from da.methods import DALN
from da.schedules import constant


@pytest.fixture
def embedded():
    rng = torch.Generator().manual_seed(0)
    source, target = torch.randn(6, 8, generator=rng), torch.randn(4, 8, generator=rng)
    return (
        Labeled(source.requires_grad_(), torch.zeros(6, 3), torch.zeros(6, dtype=torch.long)),
        Unlabeled(target.requires_grad_(), torch.zeros(4, 3)),
    )


def discrepancy(method, source, target):
    """Nuclear norm of the classifier's predictions for the target less that for the source."""
    norms = [
        torch.linalg.matrix_norm(method.classifier(x).softmax(1), "nuc") / len(x)
        for x in (source, target)
    ]
    return norms[1] - norms[0]


def test_the_classifier_is_certain_on_the_source_and_the_features_resist(build, embedded):
    source, target = embedded
    method = build(DALN, weight=0.5, ramp=constant)
    method._trainer = type("Run", (), {"global_step": 0, "max_steps": 1})()
    loss = method.adaptation_loss(source, target)
    inputs = [source.features, target.features, *method.classifier.parameters()]
    gradients = torch.autograd.grad(loss, inputs)
    expected = discrepancy(method, source.features, target.features)
    torch.testing.assert_close(loss, expected)
    plain = torch.autograd.grad(expected, inputs)
    for i, scale in enumerate((-0.5, -0.5, 1, 1)):
        torch.testing.assert_close(gradients[i], scale * plain[i], atol=1e-6, rtol=1e-4)
