from functools import partial

import pytest
import torch

from da.backbones import Bottleneck, Torchvision
from da.methods import ADDA, DANN, SourceOnly

NETWORK = partial(Torchvision, bottleneck=partial(Bottleneck, width=5))
SGD = partial(torch.optim.SGD, lr=0.5)


def rates(method):
    """Return the learning rates at which each parameter is trained, by name."""
    names = {id(p): name for name, p in method.named_parameters()}
    players = getattr(method, "players", lambda: {"all": method.parameter_groups()})()
    found = {}
    for groups in players.values():
        for group in method.make_optimizer(groups).param_groups:
            for parameter in group["params"]:
                found.setdefault(names[id(parameter)], []).append(group["lr"])
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


def test_a_rate_that_is_not_positive_is_refused():
    with pytest.raises(ValueError, match="rate is positive; got backbone_lr=0.0"):
        SourceOnly(num_classes=3, backbone_lr=0.0)
