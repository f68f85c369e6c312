import pytest
import torch
from torch import nn

from da.backbones import MLP


@pytest.mark.parametrize("hidden", [(6,), (5, 4), [3, 4, 5]])
def test_has_the_hidden_layers_asked_for(hidden):
    net = MLP(2, hidden)
    assert [m.out_features for m in net.modules() if isinstance(m, nn.Linear)] == list(hidden)
    assert net(torch.zeros(3, 2)).shape == (3, hidden[-1])
    assert net.out_features == hidden[-1]


def test_features_are_activated():
    features = MLP(2, (50,))(torch.randn(20, 2, generator=torch.Generator().manual_seed(0)))
    assert features.min() == 0
    assert features.max() > 0


def test_without_layers_the_features_are_the_inputs():
    net, inputs = MLP(3, ()), torch.randn(5, 3)
    assert torch.equal(net(inputs), inputs)
    assert net.out_features == 3
    assert not list(net.parameters())


def test_may_have_another_activation():
    net = MLP(2, (3,), activation=nn.Sigmoid)
    out = net(torch.tensor([[5.0, -3.0]]))
    assert torch.equal(out, torch.sigmoid(net.layers[0](torch.tensor([[5.0, -3.0]]))))


@pytest.mark.parametrize("hidden", [(), (4,), (4, 2)])
def test_normalizes_the_inputs_of_each_layer_and_of_the_classifier(hidden):
    net = MLP(3, hidden, batch_norm=True)
    norms = [m for m in net.modules() if isinstance(m, nn.BatchNorm1d)]
    assert [m.num_features for m in norms] == [3, *hidden]
    assert isinstance(net.layers[0], nn.BatchNorm1d)
    features = net(5 + 2 * torch.randn(400, 3, generator=torch.Generator().manual_seed(0)))
    torch.testing.assert_close(features.mean(0), torch.zeros(net.out_features), atol=1e-5, rtol=0)
    assert features.std(0, correction=0).max().item() == pytest.approx(1, abs=1e-3)


@pytest.mark.parametrize("hidden", [(0,), (4, 0), (-1, 3)])
def test_refuses_layers_without_units(hidden):
    with pytest.raises(ValueError, match="each layer of an MLP has at least 1 unit; got hidden="):
        MLP(2, hidden)
