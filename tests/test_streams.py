from itertools import product
from typing import get_args

import pytest
import torch

from da.streams import Stream, generator, stream_seed

STREAMS = get_args(Stream)


def test_seeds_differ_by_name_seed_and_counters():
    keys = [*product(STREAMS, range(3), range(5)), *product(STREAMS, range(3), range(2), range(2))]
    seeds = [stream_seed(*key) for key in keys]
    assert len(set(seeds)) == len(keys)
    assert all(0 <= seed < 2**63 for seed in seeds)


def test_a_position_is_the_same_whatever_was_drawn_before():
    alone = torch.randn(3, generator=generator("src_order", 1, 7))
    torch.randn(100, generator=generator("tgt_order", 1, 7))
    torch.randn(100, generator=generator("src_order", 1, 6))
    torch.manual_seed(5)
    assert torch.equal(torch.randn(3, generator=generator("src_order", 1, 7)), alone)


def test_the_global_generator_is_left_alone():
    before = torch.get_rng_state()
    torch.randn(100, generator=generator("src_aug", 0, 0))
    assert torch.equal(torch.get_rng_state(), before)


def test_neighbouring_positions_look_independent():
    draws = torch.stack([torch.randn(1000, generator=generator("src_aug", 0, i)) for i in range(9)])
    correlations = draws.corrcoef() - torch.eye(9)
    assert correlations.abs().max() < 5 / 1000**0.5


def test_refuses_a_negative_seed():
    with pytest.raises(ValueError, match="negative"):
        stream_seed("split", -1)
