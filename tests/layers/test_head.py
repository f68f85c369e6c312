import pytest
import torch
from torch import nn

from da.layers import Head, batch_norms, normalized_linear


def count(module):
    return sum(p.numel() for p in module.parameters())


def test_has_the_parameters_of_the_label_predictors_of_dann():
    assert count(Head(768, 10)) == 768 * 100 + 100 + 100 * 100 + 100 + 100 * 10 + 10
    street = 8192 * 3072 + 3072 + 3072 * 2048 + 2048 + 2048 * 10 + 10
    assert count(Head(8192, 10, hidden=(3072, 2048))) == street


def test_is_the_classifier_of_mcd_with_normalization_and_dropout_before_each_layer():
    head = Head(768, 10, hidden=(100, 100), dropout=0.5, batch_norm=True)
    assert count(head) == count(Head(768, 10)) + 2 * (100 + 100)
    hidden = [nn.Dropout, nn.Linear, nn.BatchNorm1d, nn.ReLU]
    assert [type(layer) for layer in head] == [*hidden, *hidden, nn.Dropout, nn.Linear]
    assert (head.in_features, head.out_features) == (768, 10)


def test_each_layer_may_have_its_own_dropout():
    # Jiang et al.: MCD's classifiers have none before the last layer, those of MDD only there
    hidden = [nn.Linear, nn.ReLU]
    mcd = Head(8, 3, hidden=(5, 5), dropout=(0.5, 0.25, 0.0))
    assert [type(layer) for layer in mcd] == [nn.Dropout, *hidden, nn.Dropout, *hidden, nn.Linear]
    assert [layer.p for layer in mcd if isinstance(layer, nn.Dropout)] == [0.5, 0.25]
    mdd = Head(8, 3, hidden=(5,), dropout=(0.0, 0.5))
    assert [type(layer) for layer in mdd] == [*hidden, nn.Dropout, nn.Linear]


def test_refuses_another_number_of_probabilities_than_layers():
    with pytest.raises(ValueError, match=r"each of 2 layers; got dropout=\[0.5\]"):
        Head(4, 3, hidden=(5,), dropout=[0.5])


def test_without_hidden_layers_is_linear():
    head = Head(4, 3, hidden=())
    assert [type(layer) for layer in head] == [nn.Linear]
    assert batch_norms(head) == []


@pytest.mark.parametrize("options", [{"hidden": (3, 0)}, {"dropout": 1.0}])
def test_refuses_what_is_no_layer(options):
    (name,) = options
    with pytest.raises(ValueError, match=f"at least 1 unit and .* got .*{name}="):
        Head(4, 3, **options)


def test_length_and_direction_of_normalized_weights_are_separate():
    torch.manual_seed(0)
    plain = nn.Linear(5, 3)
    torch.manual_seed(0)
    layer = normalized_linear(5, 3)
    assert isinstance(layer, nn.Linear)
    torch.testing.assert_close(layer.weight, plain.weight)
    length, direction = (p for n, p in layer.named_parameters() if n != "bias")
    assert length.shape == (3, 1)
    with torch.no_grad():
        direction.mul_(7)  # another length of the direction is no other weight
        torch.testing.assert_close(layer.weight, plain.weight)
        length.mul_(2)
    torch.testing.assert_close(layer.weight, 2 * plain.weight)
