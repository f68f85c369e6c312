import pytest
import torch
from torch import nn

from da.layers import Decoder, batch_norms


@pytest.mark.parametrize("size", [(10, 10), (32, 32), (28, 20)])
def test_draws_images_of_the_size_that_is_asked_for(size):
    assert Decoder(7, 3, width=4)(torch.randn(5, 7), size).shape == (5, 3, *size)


def test_has_the_layers_of_the_published_one():
    layers = [m for m in Decoder(100, 3).modules() if isinstance(m, nn.Linear | nn.Conv2d)]
    shapes = [tuple(m.weight.shape) for m in layers]
    assert shapes == [(300, 100), (16, 3, 3, 3), (16, 16, 3, 3), (16, 16, 3, 3), (3, 16, 3, 3)]


def test_normalizes_each_layer_but_the_last():
    assert not batch_norms(Decoder(7, 3))
    decoder = Decoder(7, 3, batch_norm=True)
    assert len(batch_norms(decoder)) == 4
    assert isinstance(decoder.large[-1], nn.Conv2d)


def test_small_images_are_repeated_and_then_refined():
    decoder = Decoder(2, 1, side=1, width=1)
    for layer in decoder.modules():
        if isinstance(layer, nn.Conv2d):  # the identity
            nn.init.zeros_(layer.weight)
            nn.init.zeros_(layer.bias)
            layer.weight.data[0, 0, 1, 1] = 1
    (linear, *_) = decoder.small
    linear.weight.data, linear.bias.data = torch.tensor([[2.0, 0], [0, 0], [0, 0]]), torch.zeros(3)
    drawn = decoder(torch.tensor([[3.0, 0]]), (4, 4))
    torch.testing.assert_close(drawn, torch.full((1, 1, 4, 4), 6.0))


@pytest.mark.parametrize("options", [{"side": 0}, {"width": 0}])
def test_refuses_a_decoder_without_pixels(options):
    with pytest.raises(ValueError, match="at least 1 pixel and channel; got side="):
        Decoder(7, 3, **options)
