import pytest
import torch
from torch import nn
from torch.nn import functional as F

from da.backbones import Bottleneck, MnistConvolutions, SvhnConvolutions
from da.layers import batch_norms

MNIST = (25 * 3 * 32 + 32) + (25 * 32 * 48 + 48)
SVHN = (25 * 3 * 64 + 64) + (25 * 64 * 64 + 64) + (25 * 64 * 128 + 128)


def count(module):
    return sum(p.numel() for p in module.parameters())


def images(size, n=4):
    return torch.randn(n, 3, size, size, generator=torch.Generator().manual_seed(0))


def convolutions(net):
    return [m for m in net.modules() if isinstance(m, nn.Conv2d)]


@pytest.mark.parametrize(
    ("net", "parameters"),
    [
        (MnistConvolutions, MNIST),
        (lambda: MnistConvolutions(1), MNIST - 25 * 2 * 32),
        (lambda: MnistConvolutions(batch_norm=True), MNIST + 2 * (32 + 48)),
        (SvhnConvolutions, SVHN),
        (
            lambda: SvhnConvolutions(batch_norm=True, hidden=3072),
            SVHN + 2 * (64 + 64 + 128) + (8192 * 3072 + 3072) + 2 * 3072,
        ),
    ],
)
def test_has_the_parameters_of_the_published_layers(net, parameters):
    assert count(net()) == parameters


@pytest.mark.parametrize("batch_norm", [False, True])
def test_mnist_is_the_usual_order_of_convolution_activation_and_pooling(batch_norm):
    net = MnistConvolutions(batch_norm=batch_norm)
    h = images(28)
    norms = batch_norms(net) or [nn.Identity(), nn.Identity()]
    for layer, norm in zip(convolutions(net), norms, strict=True):
        h = F.max_pool2d(F.relu(norm(layer(h))), 2)
    assert h.shape == (4, 48, 4, 4)
    assert net.out_features == 768
    torch.testing.assert_close(net(images(28)), h.flatten(1))


def test_mnist_may_be_padded_and_of_another_size():
    # "SAME" on 32 pixels, then 100 units: 32x32, 16x16 and 8x8
    narrow = lambda n: Bottleneck(n, 100, batch_norm=False)  # noqa: E731
    net = MnistConvolutions(size=32, padding=2, followed_by=narrow)
    first, second = convolutions(net)
    h = F.max_pool2d(F.relu(F.conv2d(images(32), first.weight, first.bias, padding=2)), 2)
    h = F.max_pool2d(F.relu(F.conv2d(h, second.weight, second.bias, padding=2)), 2)
    assert h.shape == (4, 48, 8, 8)
    torch.testing.assert_close(net(images(32)), net.layers[-1](h.flatten(1)))


def test_mnist_may_have_other_filters():
    net = MnistConvolutions(size=32, padding=2, filters=(32, 64), batch_norm=True)
    assert [layer.out_channels for layer in convolutions(net)] == [32, 64]
    assert [layer.num_features for layer in batch_norms(net)] == [32, 64]
    assert net(images(32)).shape == (4, net.out_features) == (4, 64 * 8 * 8)


@pytest.mark.parametrize("batch_norm", [False, True])
def test_svhn_pools_after_all_but_the_last_convolution(batch_norm):
    net = SvhnConvolutions(batch_norm=batch_norm)
    h = images(32)
    norms = batch_norms(net) or [nn.Identity()] * 3
    for i, (layer, norm) in enumerate(zip(convolutions(net), norms, strict=True)):
        h = F.relu(norm(layer(h)))
        h = F.max_pool2d(h, 3, stride=2, padding=1) if i < 2 else h
    assert h.shape == (4, 128, 8, 8)
    assert net.out_features == 8192
    torch.testing.assert_close(net(images(32)), h.flatten(1))


def test_a_hidden_layer_is_normalized_like_the_others_and_has_dropout():
    for batch_norm in (False, True):
        net = SvhnConvolutions(batch_norm=batch_norm, hidden=6).eval()
        assert [m.p for m in net.modules() if isinstance(m, nn.Dropout)] == [0.5]
        assert len(batch_norms(net)) == 4 * batch_norm
        assert net(images(32)).shape == (4, 6)
        assert net.out_features == 6
