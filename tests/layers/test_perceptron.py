import pytest
import torch
from torch import nn

from da.layers import batch_norms, perceptron


def test_has_the_layers_asked_for():
    shapes = [tuple(m.weight.shape) for m in perceptron(8, 3, 5, 2) if isinstance(m, nn.Linear)]
    assert shapes == [(5, 8), (5, 5), (3, 5)]
    assert not batch_norms(perceptron(8, 3, 5, 2))


def test_is_a_linear_layer_without_hidden_layers():
    (layer,) = perceptron(8, 3, 5, 0)
    assert layer.weight.shape == (3, 8)


def test_outputs_have_no_bias_if_none_is_wanted():
    network = perceptron(8, 3, 5, 1, bias=False)
    assert network[0].bias is not None
    assert network[-1].bias is None
    nn.init.zeros_(network[0].bias)
    assert torch.equal(network(torch.zeros(2, 8)), torch.zeros(2, 3))


def test_hidden_layers_may_normalize_and_drop_units():
    network = perceptron(8, 3, 5, 2, batch_norm=True, dropout=0.5)
    hidden = ["Linear", "BatchNorm1d", "ReLU", "Dropout"]
    assert [type(layer).__name__ for layer in network] == [*hidden, *hidden, "Linear"]


def test_refuses_to_drop_all_units():
    with pytest.raises(ValueError, match=r"lies in \[0, 1\); got dropout=1"):
        perceptron(8, 3, 5, 1, dropout=1.0)


@pytest.mark.parametrize("options", [(0, 1), (5, -1)])
def test_refuses_layers_without_units(options):
    with pytest.raises(ValueError, match=r"layers of at least 1 unit; got width=.*, depth="):
        perceptron(8, 3, *options)
