from copy import deepcopy

import pytest
import torch
from torch import nn

from da.layers import follow


@pytest.fixture
def networks():
    network = nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4)).double()
    average = deepcopy(network)
    for p in network.parameters():
        nn.init.normal_(p)
    network(torch.randn(5, 3).double())
    return average, network


@pytest.mark.parametrize("share", [0.0, 0.25, 1.0])
def test_parameters_go_a_share_of_the_way_and_buffers_all_of_it(networks, share):
    average, network = networks
    expected = [
        (1 - share) * p.detach() + share * q.detach()
        for p, q in zip(average.parameters(), network.parameters(), strict=True)
    ]
    before = [p.detach().clone() for p in network.parameters()]
    follow(average, network, share)
    for p, value in zip(average.parameters(), expected, strict=True):
        torch.testing.assert_close(p.detach(), value)
    assert average[1].num_batches_tracked == 1
    assert torch.equal(average[1].running_mean, network[1].running_mean)
    for p, value in zip(network.parameters(), before, strict=True):
        assert torch.equal(p, value)


def test_networks_of_different_form_are_refused(networks):
    with pytest.raises(ValueError, match="zip"):
        follow(networks[0], nn.Linear(3, 4).double(), 0.5)
