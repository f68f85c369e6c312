import pytest
import torch

from da.losses import class_weights

P = torch.tensor([[0.8, 0.1, 0.1], [0.7, 0.2, 0.1], [0.2, 0.7, 0.1]], dtype=torch.float64)


@pytest.mark.parametrize(
    ("largest", "values"),
    [
        ("one", [1, 0.58823529, 0.17647059]),
        ("share", [0.56666667, 0.33333333, 0.1]),
    ],
)
def test_hand_computed_values(largest, values):
    assert class_weights(P, largest=largest).tolist() == pytest.approx(values, abs=1e-8)


def test_the_largest_is_one_by_default():
    assert class_weights(P).max() == 1
