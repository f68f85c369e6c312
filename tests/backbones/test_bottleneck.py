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


def test_dropout_may_keep_the_length_of_features_in_place_of_their_mean():
    torch.manual_seed(0)
    ones = torch.ones(1000, 64)
    mean, norm = (Bottleneck(64, 64, dropout=0.75, keeps=keeps)[-1] for keeps in ("mean", "norm"))
    assert mean(ones).mean().item() == pytest.approx(1, abs=0.02)
    assert norm(ones).square().sum(1).mean().item() == pytest.approx(64, rel=0.02)
    # Xu et al., Sec. 3.4: what stays is multiplied by 1 / sqrt(1 - p), here 2
    assert set(norm(ones).unique().tolist()) == {0.0, 2.0}
    assert torch.equal(norm.eval()(ones), ones)


@pytest.mark.parametrize("options", [{"width": 0}, {"dropout": 1.0}])
def test_mistakes_are_one_sentence(options):
    with pytest.raises(ValueError, match="at least 1 unit .* lies in"):
        Bottleneck(6, **options)
