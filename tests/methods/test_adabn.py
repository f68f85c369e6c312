from functools import partial

import pytest
import torch
from torch import nn

from da.backbones import Backbone, DigitCNN
from da.data.gaussians import Gaussians, aligned_risk, source_only_risk
from da.layers import Head
from da.methods import AdaBN, NotApplicable, SourceOnly

NORMALIZED = partial(DigitCNN, channels=(2, 3), out_features=8, batch_norm=True)


class Standardized(Backbone):
    """Nothing but batch normalization without parameters."""

    def __init__(self, in_channels):
        super().__init__()
        self.layer = nn.BatchNorm1d(in_channels, affine=False)
        self.out_features = in_channels

    def forward(self, inputs):
        return self.layer(inputs)


@pytest.mark.parametrize(
    ("delta", "prior"), [(1.0, 0.5), (1.0, 0.9), (0.0, 0.7), (-1.0, 0.7), (-1.0, 0.9)]
)
def test_helps_and_hurts_as_much_as_mean_alignment_does_in_theory(trainer, delta, prior):
    task = Gaussians(delta=delta, prior=prior, size=20_000, batch_size=256)
    optimizer = partial(torch.optim.Adam, lr=0.05)
    for cls, risk in (
        (SourceOnly, source_only_risk(1.5, delta, prior)),
        (AdaBN, aligned_risk(1.5, prior)),
    ):
        torch.manual_seed(0)
        method = cls(num_classes=2, in_channels=1, backbone=Standardized, optimizer=optimizer)
        run = trainer(max_steps=150)
        run.fit(method, task)
        tested = run.test(method, task, verbose=False)
        assert 1 - tested[0]["oracle/accuracy"] == pytest.approx(risk, abs=0.012)


def test_trains_as_source_only_and_evaluates_with_the_statistics_of_the_target(
    build, stripes, trainer
):
    states, task = [], stripes()
    for cls in (SourceOnly, AdaBN):
        method = build(cls, network=NORMALIZED)
        run = trainer()
        run.fit(method, task)
        states.append({k: v.clone() for k, v in method.state_dict().items()})
    assert all(torch.equal(states[0][name], states[1][name]) for name in states[0])
    run.test(method, task, verbose=False)
    inputs = torch.cat(list(task.adaptation_dataloader()))
    first = method.backbone.layers[0](inputs).transpose(0, 1).flatten(1)
    torch.testing.assert_close(method.backbone.layers[1].running_mean, first.mean(1))
    torch.testing.assert_close(method.backbone.layers[1].running_var, first.var(1, correction=0))


def test_layers_of_the_head_have_the_statistics_of_the_target_too(build, stripes, trainer):
    head = partial(Head, hidden=[6], batch_norm=True)
    method, task = build(AdaBN, network=DigitCNN, head=head), stripes()
    run = trainer()
    run.fit(method, task)
    run.test(method, task, verbose=False)
    with torch.no_grad():
        first = method.classifier[0](method.backbone(torch.cat(list(task.adaptation_dataloader()))))
    torch.testing.assert_close(method.classifier[1].running_mean, first.mean(0))
    torch.testing.assert_close(method.classifier[1].running_var, first.var(0, correction=0))


def test_adapting_keeps_the_mode_of_the_network(build):
    method = build(AdaBN, network=NORMALIZED)
    for training in (True, False):
        method.train(training)
        method.adapt_statistics([torch.rand(4, 1, 28, 28)])
        assert method.training is method.backbone.training is training


def test_refuses_a_network_without_batch_normalization(build):
    with pytest.raises(NotApplicable, match="DigitCNN has none; switch its batch_norm on"):
        build(AdaBN)


def test_validates_the_source_with_its_own_statistics_and_the_target_with_its(
    build, stripes, trainer
):
    method, task = build(AdaBN, network=NORMALIZED), stripes()
    means = []
    record = lambda *_: means.append(method.backbone.layers[1].running_mean.clone())  # noqa: E731
    method.classifier.register_forward_hook(record)
    before = method.backbone.layers[1].running_mean.clone()
    trainer().validate(method, task, verbose=False)
    assert torch.equal(means[0], before)
    assert not torch.equal(means[-1], before)
    assert torch.equal(method.backbone.layers[1].running_mean, before)
