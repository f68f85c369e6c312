import pytest
import torch
from torch.nn import functional as F

from da.batch import Labeled, Unlabeled
from da.losses import random_directions, sliced_wasserstein
from da.methods import SWD
from da.schedules import constant
from tests.methods.terms import at


@pytest.fixture
def features():
    rng = torch.Generator().manual_seed(0)
    source, target = torch.randn(6, 8, generator=rng), torch.randn(4, 8, generator=rng)
    labels = torch.tensor([0, 1, 2, 0, 1, 2])
    return Labeled(source, torch.zeros(6, 3), labels), Unlabeled(target, torch.zeros(4, 3))


def parts(method, source, target, step):
    """The two terms, without any reversal."""
    directions = random_directions(3, method.directions, torch.Generator().manual_seed(step))
    task = F.cross_entropy(method.second_classifier(source), torch.tensor([0, 1, 2, 0, 1, 2]))
    heads = method.classifier, method.second_classifier
    return task, sliced_wasserstein(*(h(target).softmax(1) for h in heads), directions)


def test_classifiers_disagree_at_full_rate_and_features_agree_by_the_weight(build, features):
    source, target = (x.features.requires_grad_() for x in features)
    method = at(build(SWD, weight=0.3, ramp=constant), 5, 10)
    loss = method.adaptation_loss(*features)
    task, disagreement = parts(method, source, target, 5)
    torch.testing.assert_close(loss, task - disagreement)
    learned = [source, target, method.classifier.weight, method.second_classifier.weight]
    got = torch.autograd.grad(loss, learned)
    of_task = torch.autograd.grad(task, learned, allow_unused=True)
    apart = torch.autograd.grad(disagreement, learned, allow_unused=True)
    torch.testing.assert_close(got[0], 0.3 * of_task[0])
    torch.testing.assert_close(got[1], 0.3 * apart[1])
    torch.testing.assert_close(got[2], -apart[2])
    torch.testing.assert_close(got[3], of_task[3] - apart[3])


def test_directions_change_from_step_to_step_and_use_no_shared_numbers(build, features):
    method = build(SWD)
    before = torch.get_rng_state()
    values = [at(method, step, 10).adaptation_loss(*features).item() for step in (3, 4, 3)]
    assert values[0] == values[2] != values[1]
    assert torch.equal(torch.get_rng_state(), before)


def test_refuses_to_project_on_nothing(build):
    with pytest.raises(ValueError, match="needs a direction; got directions=0"):
        build(SWD, directions=0)
