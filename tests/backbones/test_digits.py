import pytest
import torch
from torch import nn
from torch.nn import functional as F

from da.backbones import DigitCNN
from da.layers import batch_norms


@pytest.mark.parametrize("batch_norm", [False, True])
@pytest.mark.parametrize(("in_channels", "out_features"), [(1, 8), (3, 128)])
def test_gives_features_of_the_announced_width(in_channels, out_features, batch_norm):
    net = DigitCNN(in_channels, (2, 3), out_features, batch_norm)
    assert net(torch.zeros(4, in_channels, 28, 28)).shape == (4, out_features)
    assert net.out_features == out_features


def test_has_the_parameters_of_its_description():
    count = sum(p.numel() for p in DigitCNN().parameters())
    assert count == (3 * 25 * 16 + 16) + (16 * 25 * 32 + 32) + (32 * 16 * 128 + 128)


def test_is_the_usual_order_of_convolution_activation_and_pooling():
    net = DigitCNN(1, (2, 3), 8)
    first, second, bottleneck = (m for m in net.modules() if isinstance(m, nn.Conv2d | nn.Linear))
    x = torch.randn(4, 1, 28, 28, generator=torch.Generator().manual_seed(0))
    h = F.max_pool2d(F.relu(first(x)), 2)
    h = F.max_pool2d(F.relu(second(h)), 2)
    torch.testing.assert_close(net(x), F.relu(bottleneck(h.flatten(1))))


def test_batch_normalization_is_in_each_layer_or_in_none():
    assert batch_norms(DigitCNN()) == []
    net = DigitCNN(channels=(2, 3), out_features=8, batch_norm=True)
    assert [layer.num_features for layer in batch_norms(net)] == [2, 3, 8]
    # a bias before a normalization would never learn
    assert all(m.bias is None for m in net.modules() if isinstance(m, nn.Conv2d | nn.Linear))
