import pytest
import torch
from torch.nn import functional as F

from da.batch import Labeled, Unlabeled
from da.methods import ATDOC
from da.schedules import constant

NOTHING = Labeled(torch.zeros(2, 8), torch.zeros(2, 3), torch.zeros(2, dtype=torch.long))


@pytest.fixture
def make(build):
    """Return a function that makes the method, in the first step of a run."""

    def make(**options):
        method = build(ATDOC, weight=0.5, ramp=constant, **options)
        method._trainer = type("Run", (), {"global_step": 0, "max_steps": 1})()
        return method

    return make


def batch(seed, m=4):
    rng = torch.Generator().manual_seed(seed)
    return torch.randn(m, 8, generator=rng), torch.randn(m, 3, generator=rng)


def sharpened(logits):
    p = logits.softmax(1)
    return p**2 / (p**2).sum(0)


def test_labels_are_the_votes_of_the_nearest_other_samples(make):
    method = make(size=10, neighbors=2)
    (before, old), (features, logits) = batch(0), batch(1)
    method.adaptation_loss(NOTHING, Unlabeled(before, old))
    loss = method.adaptation_loss(NOTHING, Unlabeled(features, logits))
    everyone = F.normalize(torch.cat([before, features]), dim=1)
    votes = torch.cat([sharpened(old), sharpened(logits)])
    total = weight = 0.0
    for i in range(4):
        similarity = everyone @ everyone[4 + i]
        others = [j for j in similarity.argsort(descending=True).tolist() if j != 4 + i]
        confidence, label = votes[others[:2]].mean(0).max(0)
        total += confidence * F.cross_entropy(logits[i], label)
        weight += confidence
    torch.testing.assert_close(loss, 0.5 * total / weight)


def test_the_memory_is_a_queue_of_the_latest_samples(make):
    method = make(size=6, neighbors=2)
    batches = [batch(seed) for seed in range(3)]
    for features, logits in batches:
        method.adaptation_loss(NOTHING, Unlabeled(features, logits))
    latest = F.normalize(torch.cat([f for f, _ in batches])[-6:], dim=1)
    # twelve samples go around six places twice
    torch.testing.assert_close(method.features, latest)
    predictions = torch.cat([sharpened(z) for _, z in batches])[-6:]
    torch.testing.assert_close(method.predictions, predictions)


def test_an_empty_place_has_no_vote(make):
    small, large = make(size=4, neighbors=3), make(size=400, neighbors=3)
    target = Unlabeled(*batch(0))
    torch.testing.assert_close(
        small.adaptation_loss(NOTHING, target), large.adaptation_loss(NOTHING, target)
    )


def test_labels_are_the_nearest_moving_centroids(make):
    method = make(memory="centroids", momentum=0.25)
    centroids = torch.zeros(3, 8)
    for seed in range(3):
        features, logits = batch(seed)
        loss = method.adaptation_loss(NOTHING, Unlabeled(features, logits))
        unit, predicted = F.normalize(features, dim=1), logits.argmax(1)
        for c in predicted.unique():
            centroids[c] = 0.75 * centroids[c] + 0.25 * unit[predicted == c].mean(0)
        seen = [c for c in range(3) if centroids[c].any()]
        similarity = unit @ F.normalize(centroids[seen], dim=1).T
        labels = torch.tensor(seen)[similarity.argmax(1)]
        torch.testing.assert_close(loss, 0.5 * F.cross_entropy(logits, labels))
        torch.testing.assert_close(method.centroids, centroids)


@pytest.mark.parametrize(
    ("memory", "names"),
    [("neighbors", {"features", "predictions", "position"}), ("centroids", {"centroids"})],
)
def test_the_memory_is_in_checkpoints(make, memory, names):
    method = make(memory=memory)
    assert {name for name in method.state_dict() if "." not in name} == names
    features, logits = (x.requires_grad_() for x in batch(0))
    method.adaptation_loss(NOTHING, Unlabeled(features, logits)).backward()
    assert logits.grad.any()
    assert features.grad is None
    assert not any(buffer.requires_grad for buffer in method.buffers())


def test_a_memory_below_a_batch_is_refused(make):
    with pytest.raises(ValueError, match="at least a batch; got size=3 for a batch of 4"):
        make(size=3).adaptation_loss(NOTHING, Unlabeled(*batch(0)))


@pytest.mark.parametrize("options", [{"size": 0}, {"neighbors": 0}, {"momentum": 0.0}])
def test_refuses_a_value_out_of_range(build, options):
    ((name, value),) = options.items()
    with pytest.raises(ValueError, match=f"{name}={value}"):
        build(ATDOC, **options)


def test_a_class_without_a_centroid_is_nobody_s_label(make):
    features = torch.zeros(3, 8)
    features[:, 0] = torch.tensor([1.0, 1.0, -1.0])  # the last one lies opposite to the centroid
    logits = torch.tensor([[1.0, 0, 0]]).repeat(3, 1)
    loss = make(memory="centroids").adaptation_loss(NOTHING, Unlabeled(features, logits))
    torch.testing.assert_close(loss, 0.5 * F.cross_entropy(logits, torch.zeros(3).long()))
