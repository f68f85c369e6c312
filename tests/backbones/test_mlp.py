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


@pytest.mark.parametrize("hidden", [(), (4, 0)])
def test_refuses_layers_without_units(hidden):
    with pytest.raises(ValueError, match="at least one layer of at least 1 unit; got "):
        MLP(2, hidden)
