"""PADA, BA3US and IWAN: targets that lack some of the source's classes."""

import pytest
import torch
from torch.nn import functional as F

from da.batch import Labeled, Unlabeled
from da.layers import batch_norms
from da.methods import BA3US, IWAN, PADA
from da.schedules import constant

WEIGHTED = [PADA, BA3US]
CLASSES = torch.tensor([1.0, 0.5, 0.125])


@pytest.fixture
def embedded():
    """Return features, logits and labels of 8 source samples, and of 4 target samples."""
    rng = torch.Generator().manual_seed(0)
    source = torch.randn(8, 8, generator=rng), torch.randn(8, 3, generator=rng)
    target = torch.randn(4, 8, generator=rng), torch.randn(4, 3, generator=rng)
    return Labeled(*source, torch.tensor([0, 1, 2, 0, 1, 2, 2, 2])), Unlabeled(*target)


def at(method, step, steps=10):
    """Put a method at some step of a run."""
    method._trainer = type("Run", (), {"global_step": step, "max_steps": steps})()
    return method


def domain_losses(discriminator, embedded):
    source, target = embedded
    return F.softplus(-discriminator(source.features)), F.softplus(discriminator(target.features))


def test_the_discriminator_may_normalize_as_in_the_library_of_jiang_et_al(build):
    plain, normalized = (build(PADA, discriminator_batch_norm=x) for x in (False, True))
    assert not batch_norms(plain.discriminator)
    assert len(batch_norms(normalized.discriminator)) == 2


@pytest.mark.parametrize("cls", WEIGHTED)
def test_source_classes_count_by_their_weights_in_the_task_loss(build, embedded, cls):
    source, target = embedded
    method = at(build(cls, width=5), 5)
    equal, _ = method.losses({}, source, target)
    torch.testing.assert_close(equal, F.cross_entropy(source.logits, source.labels))
    method.class_weights.copy_(CLASSES)
    weighted, _ = method.losses({}, source, target)
    losses = F.cross_entropy(source.logits, source.labels, reduction="none")
    weights = CLASSES[source.labels]
    torch.testing.assert_close(weighted, (weights * losses).sum() / weights.sum())


def test_pada_weights_the_source_for_the_discriminator(build, embedded):
    method = at(build(PADA, width=5), 5)
    method.class_weights.copy_(CLASSES)
    of_source, of_target = domain_losses(method.discriminator, embedded)
    weights = CLASSES[embedded[0].labels]
    expected = ((weights * of_source).sum() / weights.sum() + of_target.mean()) / 2
    torch.testing.assert_close(method.adaptation_loss(*embedded), expected)


@pytest.mark.parametrize(("step", "moved"), [(0, 4), (5, 2), (9, 0)])
def test_ba3us_moves_ever_fewer_source_samples_to_the_target(build, embedded, step, moved):
    options = {"share": 0.5, "complement": 0.0, "certainty": 0.0}
    method = at(build(BA3US, width=5, **options), step)
    method.class_weights.copy_(CLASSES)
    source, target = embedded
    of_source, of_target = domain_losses(method.discriminator, embedded)
    weights = CLASSES[source.labels]
    as_target = F.softplus(method.discriminator(source.features[:moved]))
    on_target = of_target.sum() + (weights[:moved] * as_target).sum()
    expected = (weights * of_source).sum() / weights.sum()
    expected += on_target / (len(of_target) + weights[:moved].sum())
    torch.testing.assert_close(method.adaptation_loss(source, target), expected / 2)


def test_ba3us_shares_out_mistakes_and_makes_the_target_certain(build, embedded):
    source, target = embedded
    plain, full = (
        at(build(BA3US, width=5, weight=0.5, ramp=constant, exponent=2.0, **options), 5)
        for options in (
            {"complement": 0.0, "certainty": 0.0},
            {"complement": 3.0, "certainty": 0.2},
        )
    )
    for method in (plain, full):
        method.class_weights.copy_(CLASSES)
    p = source.logits.softmax(1).double()
    numerator = denominator = 0.0
    for q, y in zip(p, source.labels, strict=True):
        rest = torch.cat([q[:y], q[y + 1 :]]) / (1 - q[y])
        count = CLASSES[y] * (1 - q[y]) ** 2
        numerator += count * (rest * rest.log()).sum() / torch.log(torch.tensor(2.0))
        denominator += count
    r = target.logits.softmax(1)
    certain = -(r * r.log()).sum(1).mean()
    expected = 0.5 * (3 * numerator / denominator + 0.2 * certain)
    difference = full.adaptation_loss(source, target) - plain.adaptation_loss(source, target)
    assert difference.item() == pytest.approx(expected.item(), rel=1e-4)


@pytest.mark.parametrize("cls", WEIGHTED)
def test_class_weights_are_mean_predictions_for_the_target_of_every_few_steps(
    build, stripes, trainer, cls
):
    task = stripes()
    method = build(cls, width=5, update_every=4, temperature=0.5, weight=1e-6)
    trainer(max_steps=4).fit(method, task)
    assert method.class_weights.tolist() == [1, 1, 1]
    method.trainer = run = trainer(max_steps=5)
    run.datamodule = task
    method.update_class_weights()
    inputs = torch.cat([*task.evaluation(task.training_data.target_adapt)])
    mean = (method.eval()(inputs) / 0.5).softmax(1).mean(0)
    torch.testing.assert_close(method.class_weights, mean / mean.max())
    assert not method.class_weights.requires_grad


def test_they_are_updated_in_training_and_saved(build, stripes, trainer):
    method = build(PADA, width=5, update_every=4)
    trainer(max_steps=5).fit(method, stripes())
    assert method.training
    assert method.class_weights.max() == 1
    assert method.class_weights.min() < 1
    assert torch.equal(method.state_dict()["class_weights"], method.class_weights)


def test_the_class_that_is_missing_counts_least(build, stripes, trainer):
    """The target is the source without its last class."""

    class Missing(stripes):
        def domain(self, name):
            domain = super().domain("light")
            if name == "light":
                return domain
            keep = (domain.train.labels < 2).nonzero().flatten().tolist()
            return type(domain)(domain.train.select(keep), domain.test)

    method = build(PADA, width=5, update_every=30)
    trainer(max_steps=61).fit(method, Missing(batch_size=8))
    assert method.class_weights[2] < 0.1 < method.class_weights[:2].min()


def test_iwan_weights_the_source_by_what_the_observer_takes_for_target(build, embedded):
    source, target = embedded
    method = at(build(IWAN, width=5, weight=0.5, ramp=constant, certainty=0.3), 0)
    probability = torch.sigmoid(method.observer(source.features))
    weights = (1 - probability) / (1 - probability).mean()
    of_source, of_target = domain_losses(method.discriminator, embedded)
    observed = domain_losses(method.observer, embedded)
    p = target.logits.softmax(1)
    expected = (
        ((weights * of_source).mean() + of_target.mean()) / 2
        + (observed[0].mean() + observed[1].mean()) / 2
        - 0.5 * 0.3 * (p * p.log()).sum(1).mean()
    )
    torch.testing.assert_close(method.adaptation_loss(source, target), expected)


def test_the_observer_changes_no_feature_and_no_weight_changes_it(build, embedded):
    source, target = embedded
    method = at(build(IWAN, width=5, ramp=constant, certainty=0.0), 0)
    source.features.requires_grad_()
    method.adaptation_loss(source, target).backward()
    observer = [p.grad.clone() for p in method.observer.parameters()]
    with_both, source.features.grad = source.features.grad.clone(), None
    method.observer.zero_grad()
    sum(x.mean() / 2 for x in domain_losses(method.observer, (source, target))).backward()
    for first, second in zip(observer, method.observer.parameters(), strict=True):
        torch.testing.assert_close(first, second.grad)
    # what is left for the features is the reversed gradient of the discriminator
    source.features.grad = None
    probability = torch.sigmoid(method.observer(source.features.detach()))
    weights = (1 - probability) / (1 - probability).mean()
    of_source, _ = domain_losses(method.discriminator, (source, target))
    ((weights.detach() * of_source).mean() / 2).backward()
    torch.testing.assert_close(with_both, -source.features.grad)


@pytest.mark.parametrize(
    ("cls", "options", "sentence"),
    [
        (PADA, {"update_every": 0}, "got update_every=0, temperature=0.1"),
        (PADA, {"temperature": 0.0}, "got update_every=500, temperature=0.0"),
        (BA3US, {"share": 1.5}, "got share=1.5, complement=1.0"),
        (BA3US, {"certainty": -1.0}, "certainty=-1.0"),
        (IWAN, {"certainty": -1.0}, "at least 0; got certainty=-1.0"),
    ],
)
def test_refuses_a_value_out_of_range(build, cls, options, sentence):
    with pytest.raises(ValueError, match=sentence):
        build(cls, **options)
