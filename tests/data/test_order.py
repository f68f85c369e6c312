import pytest
import torch

from da.data.order import Balanced, Repeated

LABELS = torch.tensor([0] * 40 + [1] * 7 + [5] * 3)


def batches(steps, batch_size=6, seed=0, strata=LABELS):
    order = Balanced(strata, batch_size, "src_order", seed)
    return [order(step) for step in range(steps)]


def test_each_batch_holds_equal_shares_of_the_strata():
    for batch in batches(30):
        assert torch.bincount(LABELS[batch])[[0, 1, 5]].tolist() == [2, 2, 2]


def test_shares_are_equal_over_rounds_where_the_batch_size_is_no_multiple():
    positions = torch.cat(batches(30, batch_size=4))
    assert torch.bincount(LABELS[positions])[[0, 1, 5]].tolist() == [40, 40, 40]


def test_a_stratum_is_used_up_before_it_repeats():
    positions = torch.cat(batches(20))
    for value, size in ((0, 40), (1, 7), (5, 3)):
        members = [i for i in positions.tolist() if LABELS[i] == value]
        for start in range(0, len(members) - size + 1, size):
            assert len(set(members[start : start + size])) == size


def test_small_strata_are_shuffled_anew():
    positions = torch.cat(batches(40))
    small = [i for i in positions.tolist() if LABELS[i] == 5]
    epochs = {tuple(small[i : i + 3]) for i in range(0, 78, 3)}
    assert len(epochs) > 1


def test_is_a_function_of_the_step():
    straight = batches(12)
    order = Balanced(LABELS, 6, "src_order", 0)
    for step in (11, 0, 5):
        assert torch.equal(order(step), straight[step])
    assert not torch.equal(batches(1, seed=1)[0], straight[0])


def test_an_empty_domain_is_refused():
    with pytest.raises(ValueError, match="needs samples, and the domain has none"):
        Balanced(torch.empty(0), 6, "src_order", 0)


def test_a_small_domain_repeats_evenly_without_a_gap():
    order = Repeated(5, 12, "tgt_order", 0)
    positions = torch.cat([order(step) for step in range(10)])
    assert len(positions) == 120
    for start in range(0, 120, 5):
        assert sorted(positions[start : start + 5].tolist()) == [0, 1, 2, 3, 4]
    assert len({tuple(p) for p in positions.view(-1, 5).tolist()}) > 10


def test_a_batch_of_a_small_domain_is_a_function_of_step_seed_and_stream():
    straight = [Repeated(5, 12, "tgt_order", 0)(step) for step in range(10)]
    for step in (9, 0, 4):
        assert torch.equal(Repeated(5, 12, "tgt_order", 0)(step), straight[step])
    assert not torch.equal(Repeated(5, 12, "tgt_order", 1)(0), straight[0])
    assert not torch.equal(Repeated(5, 12, "src_order", 0)(0), straight[0])
