import pytest
import torch

from da.layers import MultilinearMap

F, G = torch.tensor([[1.0, 2]]), torch.tensor([[0.25, 0.75]])


def test_hand_computed_product():
    assert MultilinearMap(2, 2)(F, G).tolist() == [[0.25, 0.5, 0.75, 1.5]]


def test_inner_products_multiply(source, target):
    exact = MultilinearMap(4, 3)
    f, g = source[:5], torch.softmax(source[:5, :3], 1)
    other, its = target, torch.softmax(target[:, 1:], 1)
    expected = (f * other).sum(1) * (g * its).sum(1)
    torch.testing.assert_close((exact(f, g) * exact(other, its)).sum(1), expected)


def test_a_sketch_has_these_inner_products_on_average():
    torch.manual_seed(0)
    f, other = torch.randn(2, 1, 16)
    g, its = torch.randn(2, 1, 5).softmax(2)
    expected = ((f * other).sum() * (g * its).sum()).item()
    draws = torch.tensor(
        [
            (sketch(f, g) * sketch(other, its)).sum().item()
            for sketch in (MultilinearMap(16, 5, sketch=256, largest=0) for _ in range(400))
        ]
    )
    assert abs(draws.mean().item() - expected) < 4 * draws.std().item() / 20
    assert draws.std() > 0


@pytest.mark.parametrize(("k", "width"), [(32, 4096), (33, 1024)])
def test_is_a_sketch_where_the_product_is_wider_than_4096(k, width):
    layer = MultilinearMap(128, k)
    assert layer.out_features == width
    assert layer(torch.ones(3, 128), torch.ones(3, k)).shape == (3, width)
    assert layer.exact is (width == 4096)


def test_the_matrices_of_a_sketch_are_saved_and_never_trained():
    layer = MultilinearMap(4, 3, sketch=8, largest=0)
    assert set(layer.state_dict()) == {"of_features", "of_classes"}
    assert not list(layer.parameters())
    other = MultilinearMap(4, 3, sketch=8, largest=0)
    inputs = torch.ones(1, 4), torch.ones(1, 3)
    assert not torch.equal(other(*inputs), layer(*inputs))
    other.load_state_dict(layer.state_dict())
    assert torch.equal(other(*inputs), layer(*inputs))


def test_refuses_an_empty_sketch():
    with pytest.raises(ValueError, match="at least 1 column; got sketch=0"):
        MultilinearMap(4, 3, sketch=0)
