import pytest
import torch
from torch import nn

from da.layers import Discriminator, batch_norms


def shapes(discriminator):
    return [tuple(m.weight.shape) for m in discriminator.modules() if isinstance(m, nn.Linear)]


def test_is_two_layers_of_1024_units_by_default():
    assert shapes(Discriminator(8)) == [(1024, 8), (1024, 1024), (1, 1024)]


@pytest.mark.parametrize(
    ("depth", "expected"),
    [(0, [(1, 8)]), (1, [(5, 8), (1, 5)]), (3, [(5, 8), (5, 5), (5, 5), (1, 5)])],
)
def test_has_as_many_hidden_layers_as_asked_for(depth, expected):
    assert shapes(Discriminator(8, width=5, depth=depth)) == expected


@pytest.mark.parametrize("n", [1, 3])
def test_gives_one_logit_for_each_sample(n):
    assert Discriminator(8, width=5)(torch.randn(n, 8)).shape == (n,)


def test_is_linear_without_hidden_layers():
    discriminator = Discriminator(8, depth=0)
    x, y = torch.randn(2, 3, 8, generator=torch.Generator().manual_seed(0))
    middle = (discriminator(x) + discriminator(y)) / 2
    torch.testing.assert_close(discriminator((x + y) / 2), middle)


def test_a_sample_is_judged_without_the_rest_of_its_batch():
    discriminator = Discriminator(8, width=5)
    features = torch.randn(6, 8, generator=torch.Generator().manual_seed(0))
    torch.testing.assert_close(discriminator(features)[:2], discriminator(features[:2]))
    assert not batch_norms(discriminator)


def test_may_normalize_each_hidden_layer_over_the_batch():
    discriminator = Discriminator(8, width=5, depth=2, batch_norm=True)
    kinds = [type(layer).__name__ for layer in discriminator.layers]
    assert kinds == ["Linear", "BatchNorm1d", "ReLU"] * 2 + ["Linear"]
    features = torch.randn(6, 8, generator=torch.Generator().manual_seed(0))
    first = discriminator.layers[:2](features)
    torch.testing.assert_close(first.mean(0), torch.zeros(5), atol=1e-6, rtol=0)


@pytest.mark.parametrize("options", [{"width": 0}, {"depth": -1}])
def test_refuses_layers_without_units(options):
    with pytest.raises(ValueError, match=r"layers of at least 1 unit; got width=.*, depth="):
        Discriminator(8, **options)
