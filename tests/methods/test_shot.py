from functools import partial

import numpy as np
import pytest
import torch
from pytorch_lightning import Callback
from scipy.spatial.distance import cdist
from torch import nn
from torch.nn import functional as F

from da.backbones import DigitCNN
from da.layers import Head, normalized_linear
from da.losses import mutual_information
from da.methods import SHOT, SourceOnly
from da.methods.shot import class_centroids, nearest_centroid
from da.schedules import cosine_decay


class Watch(Callback):
    """Keep the weights and the outputs of each step; from a step on, poison the source."""

    def __init__(self, poisoned_from=None):
        self.states, self.outputs, self.poisoned_from = [], [], poisoned_from

    def on_train_batch_start(self, trainer, pl_module, batch, batch_idx):
        if self.poisoned_from is not None and trainer.global_step >= self.poisoned_from:
            inputs, labels = batch["source"]
            batch["source"] = inputs.fill_(torch.nan), labels.fill_(10**6)

    def on_train_batch_end(self, trainer, pl_module, outputs, batch, batch_idx):
        self.states.append({k: v.clone() for k, v in pl_module.state_dict().items()})
        self.outputs.append(outputs)


def part(state, name):
    return {k.removeprefix(f"{name}."): v for k, v in state.items() if k.startswith(f"{name}.")}


def same(first, second):
    return all(torch.equal(first[k], second[k]) for k in second)


def clouds(n=50):
    """Return points around four classes, and the predictions of a poor classifier."""
    rng = np.random.default_rng(0)
    features = 3 * np.eye(4).repeat(n, 0) + 1.2 * rng.normal(size=(4 * n, 4))
    points = np.concatenate([features, np.ones((4 * n, 1))], 1)
    points /= np.linalg.norm(points, axis=1, keepdims=True)
    logits = features / 2 + rng.normal(size=(4 * n, 4)) + [2, 0, 0, 0]
    probabilities = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
    return points, probabilities


def reference(points, probabilities):
    """Eq. 6-8: means weighted by the predictions, nearest by the cosine; then means of these."""
    means = probabilities.T @ points / probabilities.sum(0)[:, None]
    labels = cdist(points, means, "cosine").argmin(1)
    members = np.eye(4)[labels]
    means = members.T @ points / members.sum(0)[:, None]
    return labels, cdist(points, means, "cosine").argmin(1)


def test_labels_are_those_of_the_equations():
    points, probabilities = clouds()
    first, second = reference(points, probabilities)
    assert len({tuple(x) for x in (probabilities.argmax(1), first, second)}) == 3
    centroids, found = class_centroids(torch.tensor(points), torch.tensor(probabilities))
    assert found.all()
    torch.testing.assert_close(centroids.norm(dim=1), torch.ones(4, dtype=torch.float64))
    labels = nearest_centroid(torch.tensor(points), centroids, found)
    assert labels.tolist() == second.tolist()


def test_a_class_that_no_sample_is_taken_for_labels_none():
    points = F.normalize(torch.tensor([[1.0, 0, 1], [0.9, 0.1, 1], [0, 1, 1], [0.1, 0.9, 1]]))
    # the soft mean of the third class is the nearest to the first point
    probabilities = torch.tensor([[0.6, 0, 0.4], [0.9, 0, 0.1], [0, 1, 0], [0, 1.0, 0]])
    centroids, found = class_centroids(points, probabilities)
    assert found.tolist() == [True, True, False]
    assert nearest_centroid(points, centroids, found).tolist() == [0, 0, 1, 1]


@pytest.fixture
def watch(build, stripes, trainer):
    """Return a function that trains for 10 steps, of which 6 are on the source."""

    def watch(poisoned_from=None, **options):
        seen = Watch(poisoned_from)
        options = {"pretraining": 0.6, "lr_schedule": cosine_decay, **options}
        method = build(SHOT, **options)
        trainer(max_steps=10, callbacks=[seen]).fit(method, stripes())
        return method, seen

    return watch


def test_the_first_stage_is_source_only_with_smooth_labels(watch, build, stripes, trainer):
    plain = Watch()
    twin = build(SourceOnly, label_smoothing=0.1, lr_schedule=cosine_decay)
    trainer(max_steps=10, callbacks=[plain]).fit(twin, stripes())
    states = watch()[1].states
    for ours, theirs in zip(states[:6], plain.states[:6], strict=True):
        assert same(ours, theirs)
    assert not same(states[6], plain.states[6])
    assert not same(watch(label_smoothing=0.0)[1].states[0], plain.states[0])


def test_the_second_stage_moves_the_backbone_alone(watch):
    for head in (nn.Linear, normalized_linear, partial(Head, hidden=(5,), batch_norm=True)):
        _, seen = watch(head=head, label_weight=0.0)
        hypothesis = part(seen.states[5], "classifier")
        assert not same(part(seen.states[4], "classifier"), hypothesis)
        for before, after in zip(seen.states[5:], seen.states[6:], strict=False):
            assert same(part(after, "classifier"), hypothesis)
            assert not same(part(after, "backbone"), part(before, "backbone"))


def test_the_second_stage_sees_no_source(watch):
    clean, poisoned = watch()[1], watch(poisoned_from=6)[1]
    for ours, theirs in zip(clean.states, poisoned.states, strict=True):
        assert same(ours, theirs)
    assert torch.cat([v.flatten().float() for v in poisoned.states[-1].values()]).isfinite().all()
    with pytest.raises((FloatingPointError, IndexError)):  # and the poison is one
        watch(poisoned_from=5)


def test_the_loss_is_that_of_the_equations(watch, build, stripes):
    network = partial(DigitCNN, channels=(2, 3), out_features=8, batch_norm=True)
    method, seen = watch(label_weight=0.3, network=network)
    fresh = build(SHOT, network=network)
    fresh.load_state_dict(seen.states[5])
    # the target of the seventh step, and the labels of all of it by the centroids of that step
    task = stripes()
    task.trainer = method.trainer
    task.setup("fit")
    loader = task.train_dataloader()
    batch = loader.batch(6)["target"]
    everyone = torch.cat(list(task.adaptation_dataloader()))
    with torch.no_grad():
        features, logits = fresh.eval().embed(everyone)
        points = F.pad(features, (0, 1), value=1.0)
        points = points / points.norm(dim=1, keepdim=True)
        centroids, found = class_centroids(points, logits.softmax(1))
        labels = nearest_centroid(points, centroids, found)
        rows = [int((everyone == x).flatten(1).all(1).nonzero()[0, 0]) for x in batch]
        logits = fresh.train()(batch)
    expected = 0.3 * F.cross_entropy(logits, labels[rows]) - mutual_information(logits)
    torch.testing.assert_close(seen.outputs[6]["loss"], expected)
    torch.testing.assert_close(seen.states[6]["centroids"], centroids)


def test_centroids_are_found_at_the_first_step_and_after_each_refresh(watch, monkeypatch):
    steps, find = [], SHOT.find_centroids

    def counted(self):
        find(self)
        assert self.training
        steps.append(self.global_step)

    monkeypatch.setattr(SHOT, "find_centroids", counted)
    _, seen = watch(refresh=3)
    assert steps == [6, 9]
    assert same(part(seen.states[8], "teacher"), part(seen.states[5], "backbone"))
    assert same(part(seen.states[9], "teacher"), part(seen.states[8], "backbone"))
    watch(label_weight=0.0)
    assert steps == [6, 9]


def test_without_labels_it_maximizes_information_alone(watch):
    _, seen = watch(label_weight=0.0)
    for outputs in seen.outputs[6:]:
        assert outputs["loss"] == -outputs["mutual_information"] < 0


@pytest.mark.parametrize(
    "options",
    [
        {"pretraining": 0.0},
        {"pretraining": 1.0},
        {"label_smoothing": 1.0},
        {"label_weight": -0.1},
        {"refresh": 0},
        {"encoder_lr": 0.0},
    ],
)
def test_refuses_a_value_out_of_range(build, options):
    ((name, value),) = options.items()
    with pytest.raises(ValueError, match=f"got .*{name}={value}"):
        build(SHOT, **options)
