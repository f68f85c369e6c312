import pytest
import torch
from torch import nn

from da.backbones import Bottleneck


def kinds(layer):
    return [type(part) for part in layer]


@pytest.mark.parametrize(
    ("options", "parts"),
    [
        ({}, [nn.Linear, nn.BatchNorm1d, nn.ReLU]),
        ({"relu": False}, [nn.Linear, nn.BatchNorm1d]),
        ({"batch_norm": False, "dropout": 0.5}, [nn.Linear, nn.ReLU, nn.Dropout]),
        ({"batch_norm": False, "relu": False}, [nn.Linear]),
    ],
)
def test_has_the_parts_that_a_recipe_has(options, parts):
    layer = Bottleneck(6, width=4, **options)
    assert kinds(layer) == parts
    assert layer(torch.randn(3, 6)).shape == (3, layer.out_features) == (3, 4)


@pytest.mark.parametrize("options", [{"width": 0}, {"dropout": 1.0}])
def test_mistakes_are_one_sentence(options):
    with pytest.raises(ValueError, match="at least 1 unit .* lies in"):
        Bottleneck(6, **options)
