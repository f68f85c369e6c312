import pytest
import torch
from torch import nn
from torch.nn import functional as F

from da.backbones import DTN, Bottleneck, LeNet, MnistConvolutions, WideLeNet
from da.layers import batch_norms


def count(module):
    return sum(p.numel() for p in module.parameters())


def images(channels, size, n=4):
    return torch.randn(n, channels, size, size, generator=torch.Generator().manual_seed(0))


def dropouts(net):
    return [(type(m), m.p) for m in net.modules() if isinstance(m, nn.Dropout | nn.Dropout2d)]


def test_lenet_has_the_parameters_of_the_published_layers():
    convolutions = (25 * 1 * 20 + 20) + (25 * 20 * 50 + 50)
    assert count(LeNet()) == convolutions + (800 * 500 + 500) == 426_070
    # SHOT: 256 units, and a weight and a bias for each in the normalization
    shot = LeNet(units=256, bottleneck=True)
    assert count(shot) == convolutions + (800 * 256 + 256) + 2 * 256


def test_wide_lenet_has_the_parameters_and_the_features_of_the_published_layers():
    convolutions = (25 * 1 * 32 + 32) + (25 * 32 * 64 + 64)
    net = WideLeNet()
    assert count(net) == convolutions + (3136 * 1024 + 1024)
    features = net(images(1, 28))
    assert features.shape == (4, net.out_features) == (4, 1024)
    assert not (features < 0).any()


def test_dtn_has_the_parameters_of_the_published_layers():
    convolutions = (25 * 3 * 64 + 64) + (25 * 64 * 128 + 128) + (25 * 128 * 256 + 256)
    normalizations = 2 * (64 + 128 + 256)
    assert count(DTN()) == convolutions + normalizations + (4096 * 512 + 512) + 2 * 512
    shot = DTN(units=256, bottleneck=True)
    assert count(shot) == convolutions + normalizations + (4096 * 256 + 256) + 2 * 256


@pytest.mark.parametrize(("cls", "channels", "size"), [(LeNet, 1, 28), (DTN, 3, 32)])
@pytest.mark.parametrize("width", [None, 256])
def test_gives_features_of_the_announced_width(cls, channels, size, width):
    net = cls() if width is None else cls(units=width, bottleneck=True)
    features = net(images(channels, size))
    assert features.shape == (4, net.out_features)
    assert net.out_features == (width or {LeNet: 500, DTN: 512}[cls])
    # an activation leaves nothing below zero; the bottleneck has none
    assert bool((features < 0).any()) is (width is not None)


@pytest.mark.parametrize(
    ("cls", "channels", "size"), [(LeNet, 1, 28), (DTN, 3, 32), (MnistConvolutions, 3, 28)]
)
def test_a_narrower_layer_may_follow(cls, channels, size):
    net = cls(followed_by=lambda width: Bottleneck(width, 64)).eval()
    plain = cls().eval()
    plain.load_state_dict({k: v for k, v in net.state_dict().items() if k in plain.state_dict()})
    x = images(channels, size)
    last = net.layers[-1]
    assert isinstance(last, Bottleneck)
    assert last[0].in_features == plain.out_features
    assert net.out_features == 64
    assert count(net.trunk) == count(plain) == count(plain.trunk)
    torch.testing.assert_close(net(x), last(plain(x)))


def test_lenet_is_the_usual_order_of_convolution_activation_and_pooling():
    net = LeNet(dropout=0.0)
    first, second, units = (m for m in net.modules() if isinstance(m, nn.Conv2d | nn.Linear))
    x = images(1, 28)
    h = F.max_pool2d(F.relu(first(x)), 2)
    h = F.max_pool2d(F.relu(second(h)), 2)
    torch.testing.assert_close(net(x), F.relu(units(h.flatten(1))))
    assert batch_norms(net) == []


def test_dtn_normalizes_each_layer_before_its_activation():
    net = DTN().eval()
    first, second, third, units = (m for m in net.modules() if isinstance(m, nn.Conv2d | nn.Linear))
    assert {(m.kernel_size, m.stride, m.padding) for m in (first, second, third)} == {
        ((5, 5), (2, 2), (2, 2))
    }
    h = images(3, 32)
    norms = batch_norms(net)
    for layer, norm in zip((first, second, third), norms[:3], strict=True):
        h = F.relu(norm(layer(h)))
    torch.testing.assert_close(net(images(3, 32)), F.relu(norms[3](units(h.flatten(1)))))


def test_dropout_is_where_the_papers_have_it():
    assert dropouts(LeNet()) == [(nn.Dropout2d, 0.5), (nn.Dropout, 0.5)]
    channels = [(nn.Dropout2d, p) for p in (0.1, 0.3, 0.5)]
    assert dropouts(DTN()) == [*channels, (nn.Dropout, 0.5)]


@pytest.mark.parametrize(("cls", "dropout"), [(LeNet, 1.0), (DTN, (0.1, 0.3, -0.5, 0.5))])
def test_refuses_what_is_no_probability(cls, dropout):
    with pytest.raises(ValueError, match=r"lies in \[0, 1\); got dropout="):
        cls(dropout=dropout)
