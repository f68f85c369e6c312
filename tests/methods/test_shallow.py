from functools import partial

import numpy as np
import pytest
import torch
from pytorch_lightning import Callback

import da.methods
from da.backbones import MLP
from da.checks import check_weights
from da.data import Domain, Samples, Transductive, TransferTask
from da.methods import Shallow
from da.shallow import (
    CORAL,
    JDA,
    JDOT,
    NoAdaptation,
    OTExact,
    OTLabelPropagation,
    SubspaceAlignment,
    linear_svm,
    nearest_neighbor,
)

BASELINES = {
    "nearest neighbour": (NoAdaptation, None),
    "support vector machine": (NoAdaptation, linear_svm),
    "subspaces": (partial(SubspaceAlignment, dimension=3), None),
    "pseudo-labels": (partial(JDA, dimension=3), None),
    "margins": (CORAL, linear_svm),
    "transport": (OTExact, nearest_neighbor),
    "labels": (OTLabelPropagation, None),
}
every_baseline = pytest.mark.parametrize("name", BASELINES)
ROTATED = BASELINES["subspaces"][0]


class Clouds(TransferTask):
    """Overlapping classes in five dimensions; the target is turned.

    Args:
        absent: A class that the source lacks.
        size: Samples of each domain.
        **kwargs: See :class:`TransferTask`.
    """

    domains = ("plain", "turned")
    num_classes = 4
    in_channels = 5

    def __init__(self, absent=None, size=300, **kwargs):
        super().__init__("plain", "turned", **{"batch_size": 16, **kwargs})
        self.absent, self.size = absent, size

    def domain(self, name):
        rng = torch.Generator().manual_seed(len(name))
        labels = torch.arange(self.size) % 4
        if name == "plain" and self.absent is not None:
            labels = labels[labels != self.absent]
        means = 2 * torch.eye(4, 5)
        features = means[labels] + torch.randn(len(labels), 5, generator=rng)
        if name == "turned":
            features = features + 0.5 * features.roll(1, dims=1)
        return Domain(Samples(features, labels, tuple(f"{name}-{i}" for i in range(len(labels)))))


def make(name="subspaces", **options):
    baseline, classifier = BASELINES[name]
    options = {"backbone": partial(MLP, hidden=()), "in_channels": 5, **options}
    return Shallow(num_classes=4, baseline=baseline, classifier=classifier, **options)


def alone(name, task):
    """Return the baseline, fitted as it would be without a trainer."""
    baseline, classifier = BASELINES[name]
    baseline = baseline(classifier=classifier()) if classifier else baseline()
    data = task.training_data
    source, target = data.source_train, data.target_adapt
    return baseline.fit(source.inputs.numpy(), source.labels.numpy(), target.inputs.numpy())


@every_baseline
@pytest.mark.parametrize("protocol", [None, Transductive()], ids=["inductive", "transductive"])
def test_predicts_what_the_baseline_itself_does(name, protocol, trainer):
    task, run = Clouds(protocol=protocol), trainer()
    run.fit(method := make(name), task)
    expected, test = alone(name, task), task.report_data.test
    (tested,) = run.test(method, task, verbose=False)
    predictions = expected.predict(test.inputs.numpy())
    assert method(test.inputs).argmax(1).tolist() == predictions.tolist()
    right = predictions == test.labels.numpy()
    assert tested["oracle/accuracy"] == pytest.approx(right.mean())
    assert 0.3 < right.mean() < 1


@every_baseline
def test_each_domain_is_embedded_as_its_own_until_weights_are_loaded(name, trainer):
    task = Clouds()
    trainer().fit(method := make(name), task)
    state = {k: v.clone() for k, v in method.state_dict().items()}
    expected, inputs = alone(name, task), task.training_data.source_val.inputs
    for domain in ("source", "target", "source"):
        features, logits = method.embed(inputs)
        known = expected.transform(inputs.numpy(), domain=domain)
        np.testing.assert_allclose(features, known, rtol=1e-5, atol=1e-5)
        scores = expected.scores(inputs.numpy(), domain=domain)
        assert logits.argmax(1).tolist() == scores.argmax(1).tolist()
        if domain == "source":
            method.adapt_statistics([])
        else:
            method.load_state_dict(state)


class Domains(Callback):
    """Keep what each validation batch was taken for."""

    def __init__(self):
        self.seen = []

    def on_validation_batch_end(
        self, trainer, pl_module, outputs, batch, batch_idx, dataloader_idx=0
    ):
        self.seen.append((dataloader_idx, bool(pl_module.is_target)))


def test_validation_takes_each_domain_for_what_it_is_also_after_a_test(trainer):
    task, seen = Clouds(), Domains()
    run = trainer(callbacks=[seen], val_check_interval=1, check_val_every_n_epoch=None)
    run.fit(method := make(), task)
    run.test(method, task, verbose=False)
    run.validate(method, task, verbose=False)
    assert seen.seen == [(0, False), (1, True)] * 2
    assert not method.is_target


def test_one_step_is_all_whatever_was_asked_for(trainer):
    run = trainer(max_steps=500)
    run.fit(make(), Clouds())
    assert run.global_step == run.max_steps == 1


def test_probabilities_are_those_of_the_baseline(trainer):
    task = Clouds()
    trainer().fit(method := make("labels"), task)
    method.adapt_statistics([])
    inputs = task.training_data.target_adapt.inputs
    expected = alone("labels", task).predict_proba(inputs.numpy())
    assert np.any((expected > 0.01) & (expected < 0.99))
    np.testing.assert_allclose(method(inputs).softmax(1), expected, atol=1e-5)


def test_a_class_that_the_source_lacks_has_the_smallest_logit(trainer):
    task = Clouds(absent=1)
    trainer().fit(method := make("nearest neighbour"), task)
    logits = method(task.training_data.target_adapt.inputs)
    assert logits.shape == (len(logits), 4)
    smallest = np.log(1e-6)
    torch.testing.assert_close(logits[:, 1], torch.full((len(logits),), smallest).float())
    # nearest neighbours have no other than the largest and the smallest
    assert sorted(logits[0].tolist()) == pytest.approx([smallest] * 3 + [0])


def test_a_checkpoint_holds_the_samples_and_is_fitted_again_only_on_others(
    trainer, tmp_path, monkeypatch
):
    small, large = Clouds(size=200), Clouds()
    run = trainer()
    run.fit(method := make(), small)
    run.save_checkpoint(path := tmp_path / "small.ckpt")
    inputs = small.training_data.target_val.inputs
    expected = method(inputs)
    assert torch.equal(da.methods.load(path)(inputs), expected)

    other = make()
    trainer().fit(other, large)
    assert not torch.equal(other(inputs), expected)
    state = torch.load(path, weights_only=True)["state_dict"]
    fits = []
    fit = SubspaceAlignment.fit
    monkeypatch.setattr(SubspaceAlignment, "fit", lambda *a: fits.append(a) or fit(*a))
    for _ in range(2):
        other.load_state_dict(state)
        assert torch.equal(other(inputs), expected)
    assert len(fits) == 1


def test_a_checkpoint_fits_a_network_that_has_seen_nothing(trainer, tmp_path):
    run = trainer()
    run.fit(make(), Clouds())
    run.save_checkpoint(path := tmp_path / "method.ckpt")
    checkpoint = torch.load(path, weights_only=True)
    check_weights("method.ckpt", checkpoint, make())
    with pytest.raises(ValueError, match="does not fit the network: source_features has shape"):
        check_weights("method.ckpt", checkpoint, make(in_channels=4))


def test_a_resumed_run_is_the_one_that_ended(trainer, tmp_path):
    task, run = Clouds(), trainer()
    run.fit(method := make(), task)
    run.save_checkpoint(path := tmp_path / "method.ckpt")
    rest = trainer()
    rest.fit(resumed := make(), task, ckpt_path=path)
    assert rest.global_step == 1
    inputs = task.training_data.target_val.inputs
    assert torch.equal(resumed(inputs), method(inputs))


def test_an_identity_is_what_a_perceptron_without_layers_is():
    inputs = torch.randn(7, 5)
    assert torch.equal(make().backbone(inputs), inputs)


def test_the_backbone_stays_as_it_is(trainer):
    method = make(backbone=partial(MLP, hidden=(6,), batch_norm=True))
    before = {k: v.clone() for k, v in method.backbone.state_dict().items()}
    trainer().fit(method, task := Clouds())
    assert all(torch.equal(before[k], v) for k, v in method.backbone.state_dict().items())
    with torch.no_grad():
        features = method.eval().backbone(task.training_data.source_train.inputs)
    torch.testing.assert_close(method.source_features, features)


def test_nothing_is_embedded_before_it_is_fitted():
    with pytest.raises(ValueError, match="Shallow embeds with a fitted SubspaceAlignment; train"):
        make()(torch.randn(2, 5))


def test_a_baseline_with_a_classifier_of_its_own_takes_no_other():
    with pytest.raises(ValueError, match="takes no other .*; leave classifier out"):
        Shallow(num_classes=3, baseline=JDOT, classifier=linear_svm)


@pytest.mark.parametrize(
    "classifier", [linear_svm(strength=0.1), partial(linear_svm, strength=0.1)]
)
def test_the_classifier_may_be_given_or_made(classifier):
    method = Shallow(num_classes=3, baseline=NoAdaptation, classifier=classifier)
    assert method.baseline.classifier.C == 0.1
