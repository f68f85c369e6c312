from functools import partial

import pytest
import torch

from da.backbones import DigitCNN
from da.batch import Labeled, Unlabeled
from da.methods import (
    DAN,
    DANN,
    MCC,
    PADA,
    DeepCORAL,
    FixMatch,
    InformationMaximization,
    Joint,
    SourceOnly,
    TargetOnly,
)
from da.schedules import constant

DISCRIMINATOR = {"width": 5, "depth": 1, "discriminator_lr": 3.0}


def trained(method, stripes, trainer, **options):
    run = trainer(max_steps=8, **options)
    run.fit(method, stripes())
    return {k: v.clone() for k, v in method.state_dict().items()}, run


def same(first, second):
    return all(torch.equal(first[k], second[k]) for k in first)


@pytest.mark.parametrize(
    ("cls", "options"),
    [(DANN, {**DISCRIMINATOR, "weight": 0.7}), (DAN, {"weight": 5.0}), (MCC, {"ramp": constant})],
)
def test_one_term_is_that_method_bit_for_bit(build, stripes, trainer, cls, options):
    alone, _ = trained(build(cls, **options), stripes, trainer)
    joint, _ = trained(build(Joint, terms=[partial(cls, **options)]), stripes, trainer)
    assert {k.removeprefix(f"{cls.__name__.lower()}.") for k in joint} == alone.keys()
    assert same({k.removeprefix(f"{cls.__name__.lower()}."): v for k, v in joint.items()}, alone)


def test_a_term_of_weight_zero_leaves_the_other_one_alone(build, stripes, trainer):
    alone, _ = trained(build(DANN, **DISCRIMINATOR), stripes, trainer)
    terms = [partial(MCC, weight=0.0), partial(DANN, **DISCRIMINATOR)]
    joint, _ = trained(build(Joint, terms=terms), stripes, trainer)
    assert same({k.removeprefix("dann."): v for k, v in joint.items()}, alone)


def test_terms_that_all_have_weight_zero_are_source_only(build, stripes, trainer):
    # the target would shape the statistics of batch normalization merely by passing
    network = partial(DigitCNN, channels=(2, 3), out_features=8, batch_norm=True)
    source_only, _ = trained(build(SourceOnly, network=network), stripes, trainer)
    terms = [partial(DeepCORAL, weight=0.0), partial(InformationMaximization, weight=0.0)]
    joint, _ = trained(build(Joint, network=network, terms=terms), stripes, trainer)
    assert joint.keys() == source_only.keys()
    assert same(joint, source_only)


def test_loss_is_the_sum_of_the_terms_with_their_own_weights_and_ramps(build):
    method = build(
        Joint,
        weight=0.5,
        terms=[partial(DeepCORAL, weight=3.0), partial(MCC, weight=2.0, ramp=constant)],
    )
    run = type("Run", (), {"global_step": 1, "max_steps": 10})()
    for part in (method, method.deepcoral, method.mcc):
        part._trainer = run
    source = Labeled(
        torch.tensor([[1.0, 2], [3, 4]]), torch.zeros(2, 3), torch.zeros(2, dtype=torch.long)
    )
    target = Unlabeled(torch.tensor([[0.0, 2], [2, 0]]), torch.zeros(2, 3))
    for _ in range(2):  # the factor does not add up
        loss = method.adaptation_loss(source, target).item()
        # Deep CORAL is 2 between these, and the ramp 0.46 after a tenth of the training
        expected = {"deepcoral": 0.5 * 3 * 0.4621171573 * 2, "mcc": 0.5 * 2 * 2 / 3}
        assert loss == pytest.approx(sum(expected.values()))
    for name, value in expected.items():
        assert method.monitored[f"{name}_loss"].item() == pytest.approx(value)


def test_a_network_is_held_once_and_every_parameter_learns_at_its_rate(build, stripes, trainer):
    method = build(Joint, lr=0.01, terms=[partial(DANN, **DISCRIMINATOR), MCC])
    names = {name.split(".")[0] for name in method.state_dict()}
    assert names == {"backbone", "classifier", "dann"}
    assert method.dann.backbone is method.backbone
    assert method.mcc.classifier is method.classifier
    _, run = trained(method, stripes, trainer)
    network, discriminator = run.optimizers[0].param_groups
    grouped = [id(p) for group in (network, discriminator) for p in group["params"]]
    assert sorted(grouped) == sorted(id(p) for p in method.parameters())
    assert {id(p) for p in discriminator["params"]} == {
        id(p) for p in method.dann.discriminator.parameters()
    }
    assert (network["lr"], discriminator["lr"]) == pytest.approx((0.01, 0.03))


def test_tells_what_its_terms_tell(build, stripes, trainer):
    method = build(Joint, terms=[partial(DANN, **DISCRIMINATOR), MCC])
    trained(method, stripes, trainer)
    assert method.monitored.keys() == {"dann_loss", "dann_discriminator_accuracy", "mcc_loss"}


@pytest.mark.parametrize(
    ("terms", "sentence"),
    [
        ([], r"at least 1 term; got terms=\[\]"),
        ([MCC, MCC], "one term at most; got MCC twice"),
        ([PADA], "PADA cannot be a term of a joint training: it changes .*training_step"),
        ([FixMatch], "FixMatch cannot be a term of a joint training: it changes training_step"),
        ([partial(Joint, terms=[MCC])], "Joint cannot be a term .*: it is a sum itself"),
        ([TargetOnly], "TargetOnly cannot be a term .*: it states no adaptation loss"),
    ],
)
def test_refuses_what_is_no_sum_of_terms(build, terms, sentence):
    with pytest.raises(ValueError, match=sentence):
        build(Joint, terms=terms)
