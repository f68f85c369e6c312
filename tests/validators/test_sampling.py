import numpy as np
import torch

from da.batch import Unlabeled
from da.validators.sampling import at_most, canonical_order


def test_few_samples_stay_as_they_are():
    target = Unlabeled(torch.randn(10, 2), torch.randn(10, 3))
    assert at_most(target, 10) is target


def test_the_same_rows_of_features_and_logits_are_drawn_for_each_model():
    index = torch.arange(50.0)[:, None]
    drawn = at_most(Unlabeled(index, index.repeat(1, 3)), 20)
    rows = drawn.features[:, 0]
    assert len(rows.unique()) == 20
    assert torch.equal(rows, rows.sort().values)
    assert torch.equal(drawn.logits[:, 1], rows)
    assert rows.tolist() != list(range(20))
    again = at_most(Unlabeled(index.neg(), index.repeat(1, 3).neg()), 20)
    assert torch.equal(again.features, drawn.features.neg())


def test_rows_have_one_order_whatever_order_they_came_in():
    rows = np.array([[2.0, 1.0], [1.0, 3.0], [1.0, 2.0], [2.0, 0.0]])
    expected = [[1, 2], [1, 3], [2, 0], [2, 1]]
    for order in ([0, 1, 2, 3], [3, 1, 0, 2]):
        shuffled = rows[order]
        assert shuffled[canonical_order(shuffled)].tolist() == expected
