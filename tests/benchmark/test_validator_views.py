"""On images small enough to augment by hand."""

import pytest
import torch
from torch.nn import functional as F

from da.backbones import Backbone
from da.batch import Unlabeled
from da.benchmark import validator_views
from da.benchmark.validator_views import ViewMaker
from da.data import Domain, Samples, TransferTask
from da.methods import SourceOnly
from da.validators import mixing_partners

N, SIZE = 40, 6


def images(seed):
    rng = torch.Generator().manual_seed(seed)
    return torch.randint(0, 256, (N, 1, SIZE, SIZE), dtype=torch.uint8, generator=rng)


class Pictures(TransferTask):
    domains = ("source", "target")
    num_classes = 2
    in_channels = 1

    def domain(self, name):
        labels, seed = torch.arange(N) % 2, 0 if name == "source" else 1
        ids = tuple(f"{name}/{i}" for i in range(N))
        samples = Samples(images(seed), labels, ids)
        return Domain(samples, samples)


class Strong(Pictures):
    def default_strong(self):
        return lambda image: image.flip(1)


class Rows(Backbone):
    """Two features: the means of the first and of the last row of an image."""

    def __init__(self, in_channels):
        super().__init__()
        self.out_features = 2

    def forward(self, inputs):
        return inputs.mean((1, 3))[:, [0, -1]]


def method():
    """A model whose logits are its features."""
    model = SourceOnly(num_classes=2, backbone=Rows)
    torch.nn.init.eye_(model.classifier.weight)
    torch.nn.init.zeros_(model.classifier.bias)
    return model


def task(kind=Pictures, **options):
    return kind("source", "target", batch_size=4, **options)


def make(of_task):
    views, model = ViewMaker(of_task), method()
    with torch.no_grad():
        target = Unlabeled(*model.embed(standardized(of_task.training_data.target_val)))
    return views.of_target(model, views.of_source(model), target), target


def standardized(samples):
    return samples.inputs.float() / 127.5 - 1


def test_training_features_are_of_source_training_samples():
    of_task = task()
    views, _ = make(of_task)
    with torch.no_grad():
        expected, _ = method().embed(standardized(of_task.training_data.source_train))
    torch.testing.assert_close(views.source_train, expected)


def test_mixtures_are_of_the_drawn_target_samples(monkeypatch):
    monkeypatch.setattr(validator_views, "sampled", lambda count: torch.arange(0, count, 2))
    of_task = task()
    views, target = make(of_task)
    assert views.rows.tolist() == list(range(0, len(target.logits), 2))
    inputs = standardized(of_task.training_data.target_val)[::2]
    partners = mixing_partners(len(inputs))
    assert torch.equal(views.others, partners)
    with torch.no_grad():
        expected = method()(0.55 * inputs + 0.45 * inputs[partners])
    torch.testing.assert_close(views.mixtures, expected, atol=1e-5, rtol=0)


def test_partners_are_counted_over_all_batches():
    of_task = task()
    evaluation = of_task.evaluation

    def in_batches_of_three(samples):
        batches = evaluation(samples)
        batches.batch_size = 3
        return batches

    of_task.evaluation = in_batches_of_three
    views, target = make(of_task)
    n = len(target.logits)
    assert sorted(views.others.tolist()) == list(range(n))
    assert all(i // 3 == other // 3 for i, other in enumerate(views.others.tolist()))
    assert len(views.mixtures) == n


def test_the_strong_view_of_the_data_comes_first():
    views, target = make(task(Strong, shift=1))
    # rows of the image upside down: the two features change places
    torch.testing.assert_close(views.augmented, target.logits[views.rows].flip(1))


def test_else_images_are_changed_as_in_training():
    views, target = make(task(transform=lambda image: 255 - image))
    torch.testing.assert_close(views.augmented, -target.logits[views.rows], atol=1e-5, rtol=0)


def test_else_they_are_shifted_as_in_training_the_same_for_every_run():
    first, target = make(task(shift=1, seed=0))
    again, _ = make(task(shift=1, seed=3))
    assert torch.equal(first.augmented, again.augmented)
    assert not torch.allclose(first.augmented, target.logits[first.rows])


def test_without_any_augmentation_there_is_no_such_view():
    views, _ = make(task())
    assert views.augmented is None


def test_features_are_not_shifted():
    class Features(Pictures):
        def domain(self, name):
            samples = super().domain(name).train
            flat = Samples(samples.inputs.flatten(1).float(), samples.labels, samples.ids)
            return Domain(flat, flat)

    assert ViewMaker(task(Features, shift=1)).feed is None


@pytest.mark.parametrize("scale", [1.0, 2.0])
def test_the_classifier_is_given_if_its_logits_are_the_models(scale):
    views, model = ViewMaker(task()), method()
    features = F.normalize(torch.randn(9, 2, generator=torch.Generator().manual_seed(0)))
    made = views.of_target(model, features, Unlabeled(features, scale * features))
    assert (made.classifier is None) == (scale != 1)
