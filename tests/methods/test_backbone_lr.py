from functools import partial

import pytest
import torch

from da.backbones import Bottleneck, Torchvision
from da.methods import ADDA, DANN, MCD, SourceOnly

NETWORK = partial(Torchvision, bottleneck=partial(Bottleneck, width=5))
SGD = partial(torch.optim.SGD, lr=0.5)


def rates(method):
    """Return the learning rates at which each parameter is trained, by name."""
    return settings(method, "lr")


def settings(method, key):
    """Return what each parameter is trained with in its groups, by name."""
    names = {id(p): name for name, p in method.named_parameters()}
    players = getattr(method, "players", lambda: {"all": method.parameter_groups()})()
    found = {}
    for groups in players.values():
        for group in method.make_optimizer(groups).param_groups:
            for parameter in group["params"]:
                found.setdefault(names[id(parameter)], []).append(group[key])
    return found


def of(found, start):
    return {rate for name, own in found.items() if name.startswith(start) for rate in own}


@pytest.mark.parametrize("cls", [SourceOnly, DANN])
def test_layers_that_start_from_other_data_are_slower_and_a_bottleneck_is_not(cls):
    found = rates(cls(num_classes=3, backbone=NETWORK, optimizer=SGD, backbone_lr=0.125))
    assert of(found, "backbone.network.") == {0.0625}
    assert of(found, "backbone.bottleneck.") == of(found, "classifier.") == {0.5}
    assert all(len(own) == 1 for own in found.values())


def test_it_multiplies_what_a_method_sets_itself():
    options = {"encoder_lr": 0.5, "discriminator_lr": 2.0, "width": 4}
    found = rates(
        ADDA(num_classes=3, backbone=NETWORK, optimizer=SGD, backbone_lr=0.125, **options)
    )
    assert of(found, "backbone.network.") == {0.0625, 0.03125}
    assert of(found, "backbone.bottleneck.") == {0.5, 0.25}
    assert of(found, "discriminator.") == {1.0}


def test_a_factor_of_one_leaves_the_groups_as_they_are():
    method = SourceOnly(num_classes=3, backbone=NETWORK, optimizer=SGD)
    assert len(method.make_optimizer(method.parameter_groups()).param_groups) == 1


@pytest.mark.parametrize("cls", [SourceOnly, MCD])
def test_layers_that_start_from_other_data_may_have_another_momentum(cls):
    sgd = partial(torch.optim.SGD, lr=0.5, momentum=0.9)
    method = cls(num_classes=3, backbone=NETWORK, optimizer=sgd, backbone_momentum=0.0)
    found = settings(method, "momentum")
    assert of(found, "backbone.network.") == {0.0}
    assert of(found, "backbone.bottleneck.") == of(found, "classifier.") == {0.9}
    assert {rate for own in settings(method, "lr").values() for rate in own} == {0.5}


def test_an_optimizer_without_momentum_has_none_to_change():
    method = SourceOnly(num_classes=3, backbone=NETWORK, backbone_momentum=0.0)
    with pytest.raises(ValueError, match="Adam has no momentum, so that backbone_momentum=0.0"):
        method.make_optimizer(method.parameter_groups())


@pytest.mark.parametrize("momentum", [-0.1, 1.0])
def test_a_momentum_out_of_range_is_refused(momentum):
    with pytest.raises(ValueError, match="lies in .0, 1.; got backbone_momentum="):
        SourceOnly(num_classes=3, backbone_momentum=momentum)


def test_a_rate_that_is_not_positive_is_refused():
    with pytest.raises(ValueError, match="rate is positive; got backbone_lr=0.0"):
        SourceOnly(num_classes=3, backbone_lr=0.0)
