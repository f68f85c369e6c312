"""DSBN and TransNorm: batch normalization by domain."""

from functools import partial

import pytest
import torch
from torch.nn import functional as F

from da.backbones import MLP, DigitCNN
from da.layers import batch_norms, named_batch_norms
from da.methods import DSBN, NotApplicable, SourceOnly, TransNorm
from da.methods.transnorm import channel_weights
from da.schedules import constant

NORMALIZED = partial(DigitCNN, channels=(2, 3), out_features=8, batch_norm=True)
both = pytest.mark.parametrize("cls", [DSBN, TransNorm])


class Plain(MLP):
    """Batch normalization without scale and shift."""

    def __init__(self, in_channels):
        super().__init__(in_channels, (), batch_norm=True)
        self.layers[0] = torch.nn.BatchNorm1d(in_channels, affine=False)


def images(seed=0, n=20):
    return torch.rand(n, 1, 28, 28, generator=torch.Generator().manual_seed(seed))


def of_target(method):
    """Batch normalization of the target."""
    return method.backbone_of_target if isinstance(method, DSBN) else method.statistics_of_target


@both
def test_each_domain_shapes_its_own_statistics_alone(build, cls):
    method = build(cls, network=NORMALIZED, width=5).train()
    source, target = images(0), 5 + 3 * images(1)
    before = [layer.running_mean.clone() for layer in batch_norms(method.backbone)]
    method.embed_both(source, target)
    first = method.backbone.layers[0]
    for layer, inputs in (
        (batch_norms(method.backbone)[0], source),
        (of_target(method)[0], target),
    ):
        values = first(inputs).transpose(0, 1).flatten(1)
        torch.testing.assert_close(layer.running_mean, 0.1 * values.mean(1))
        torch.testing.assert_close(layer.running_var, 0.9 + 0.1 * values.var(1))
        assert layer.num_batches_tracked == 1
    assert len(before) == len(of_target(method)) == 3


def test_each_domain_has_its_own_scale_in_dsbn(build):
    method = build(DSBN, network=NORMALIZED, width=5).eval()
    for layer in method.backbone_of_target:
        torch.nn.init.constant_(layer.weight, 2.0)
        torch.nn.init.constant_(layer.bias, 0.5)
        layer.running_mean.fill_(0.1)
        layer.running_var.fill_(4.0)
    (source, _), (target, _) = method.embed_both(images(), images())
    torch.testing.assert_close(source, method.backbone(images()))
    for mine, others in zip(batch_norms(method.backbone), method.backbone_of_target, strict=True):
        mine.load_state_dict(others.state_dict())
    torch.testing.assert_close(target, method.backbone(images()))


@both
def test_the_target_is_evaluated_with_its_own_and_the_source_with_its(build, stripes, trainer, cls):
    method, task = build(cls, network=NORMALIZED, width=5), stripes()
    run = trainer(max_steps=20)
    run.fit(method, task)
    method.eval()
    inputs = next(iter(task.test_dataloader()))[0]
    of_source = method(inputs)
    (_, expected) = method.embed_both(inputs, inputs)[1]
    assert not torch.allclose(of_source, expected)
    method.adapt_statistics([])
    assert torch.equal(method(inputs), expected)
    method.eval()  # the next checkpoint starts with the source again
    assert torch.equal(method(inputs), of_source)

    seen = []
    hook = method.classifier.register_forward_hook(lambda *_: seen.append(method.domain))
    run.validate(method, task, verbose=False)
    assert seen == ["source", "target"]
    assert method.domain == "source"
    seen.clear()
    run.test(method, task, verbose=False)
    run.predict(method, task)
    assert set(seen) == {"target"}
    hook.remove()


def test_transferable_channels_are_those_with_like_standardized_means():
    source, target = torch.nn.BatchNorm1d(3, eps=0.0), torch.nn.BatchNorm1d(3, eps=0.0)
    source.running_mean.copy_(torch.tensor([0.0, 2, 6]))
    source.running_var.copy_(torch.tensor([1.0, 4, 9]))
    target.running_mean.copy_(torch.tensor([0.0, 0, 5]))
    # Standardized means differ by 0, 1 and 3.
    closeness = torch.tensor([1, 1 / 2, 1 / 4])
    torch.testing.assert_close(channel_weights(source, target), 3 * closeness / closeness.sum())


def test_channels_are_multiplied_by_one_plus_their_weight(build):
    method = build(TransNorm, network=partial(MLP, hidden=(), batch_norm=True), width=5).eval()
    method_norm, target_norm = method.backbone.layers[0], method.statistics_of_target[0]
    inputs = torch.tensor([[3.0], [5.0]])
    target_norm.running_mean.fill_(4.0)
    with torch.no_grad():
        method_norm.weight.fill_(1.5)
        method_norm.bias.fill_(0.25)
    # One channel: its weight is 1, and the factor 2.
    (source, _), (target, _) = method.embed_both(inputs, inputs)
    expected = F.batch_norm(inputs, torch.zeros(1), torch.ones(1), torch.tensor([1.5]))
    torch.testing.assert_close(source, 2 * (expected + 0.25))
    expected = F.batch_norm(inputs, torch.full((1,), 4.0), torch.ones(1), torch.tensor([1.5]))
    torch.testing.assert_close(target, 2 * (expected + 0.25))


@both
def test_with_weight_zero_the_source_serves_both(build, stripes, trainer, cls):
    predictions = []
    for chosen, options in ((SourceOnly, {}), (cls, {"weight": 0.0, "width": 5})):
        method, task = build(chosen, network=NORMALIZED, **options), stripes()
        run = trainer()
        run.fit(method, task)
        predictions.append(torch.cat(run.predict(method, task)))
    assert torch.equal(*predictions)


@both
def test_every_parameter_is_in_one_group(build, stripes, trainer, cls):
    method = build(cls, network=NORMALIZED, width=5, discriminator_lr=3.0)
    run = trainer(max_steps=1)
    run.fit(method, stripes())
    grouped = [id(p) for group in run.optimizers[0].param_groups for p in group["params"]]
    assert sorted(grouped) == sorted(id(p) for p in method.parameters())


@both
def test_refuses_a_network_without_batch_normalization(build, cls):
    sentence = f"{cls.__name__} needs batch normalization, and the backbone DigitCNN has none"
    with pytest.raises(NotApplicable, match=sentence):
        build(cls)


def test_refuses_to_scale_layers_without_a_scale(build):
    with pytest.raises(NotApplicable, match="with scale, shift and running statistics; Plain has"):
        build(TransNorm, network=Plain)


def test_layers_are_named_as_in_the_network():
    named = named_batch_norms(NORMALIZED(1))
    assert list(named) == ["layers.1", "layers.5", "layers.10"]


@both
def test_the_target_reaches_what_is_its_own_through_the_domains_alone(build, stripes, trainer, cls):
    method = build(cls, network=NORMALIZED, width=5, weight=1.0, ramp=constant)
    before = {k: v.clone() for k, v in of_target(method).state_dict().items()}
    trainer(max_steps=3).fit(method, stripes())
    after = of_target(method).state_dict()
    changed = {k.split(".")[1] for k, v in after.items() if not torch.equal(v, before[k])}
    learned = {"weight", "bias"} if cls is DSBN else set()
    assert changed == {"running_mean", "running_var", "num_batches_tracked", *learned}
