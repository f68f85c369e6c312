import pytest
import torch
from torch import nn

from da.layers import batch_norms, set_population_statistics, statistics_kept


def images(n=30):
    rng = torch.Generator().manual_seed(0)
    scale = torch.linspace(0.5, 4, n).view(n, 1, 1, 1)
    return 3 + scale * torch.randn(n, 2, 6, 6, generator=rng)


def network():
    torch.manual_seed(0)
    layers = nn.Sequential(
        nn.Conv2d(2, 3, 3),
        nn.BatchNorm2d(3),
        nn.ReLU(),
        nn.Flatten(),
        nn.Linear(48, 5),
        nn.BatchNorm1d(5),
        nn.ReLU(),
        nn.Linear(5, 2),
    )
    for layer in batch_norms(layers):
        nn.init.uniform_(layer.weight, 0.5, 2)
        nn.init.uniform_(layer.bias, -1, 1)
    return layers.eval()


def test_variance_is_that_of_all_samples_and_not_of_each_batch():
    layer = nn.BatchNorm1d(1).eval()
    set_population_statistics(layer, [torch.tensor([[0.0], [2]]), torch.tensor([[10.0], [12]])])
    assert layer.running_mean.item() == 6
    assert layer.running_var.item() == 26


def test_each_layer_has_the_statistics_of_its_inputs():
    net, x = network(), images()
    set_population_statistics(net, x.split(7))
    for layer in net:
        if isinstance(layer, nn.BatchNorm1d | nn.BatchNorm2d):
            values = x.detach().double().transpose(0, 1).flatten(1)
            torch.testing.assert_close(layer.running_mean.double(), values.mean(1))
            torch.testing.assert_close(layer.running_var.double(), values.var(1, correction=0))
        x = layer(x)


def test_evaluation_is_training_on_all_samples_in_one_batch():
    net, x = network(), images()
    set_population_statistics(net, x.split(7))
    evaluated = net(x)
    torch.testing.assert_close(evaluated, net.train()(x), rtol=1e-4, atol=1e-5)


def test_size_of_the_batches_does_not_matter():
    results = []
    for size in (1, 7, 30):
        net = network()
        set_population_statistics(net, images().split(size))
        results.append([layer.running_var for layer in batch_norms(net)])
    for other in results[1:]:
        torch.testing.assert_close(other, results[0])


def test_a_large_mean_does_not_swallow_the_variance():
    layer = nn.BatchNorm1d(1).eval()
    x = 1e4 + torch.tensor([[-0.5], [0.5]])
    set_population_statistics(layer, [x, x])
    assert layer.running_var.item() == 0.25


def test_nothing_else_changes_and_no_hook_stays():
    net = network()
    before = {k: v.clone() for k, v in net.state_dict().items() if "running" not in k}
    set_population_statistics(net, images().split(7))
    after = net.state_dict()
    assert all(torch.equal(after[k], v) for k, v in before.items())
    assert not any(layer._forward_pre_hooks for layer in net.modules())
    assert not net.training


def test_layers_come_in_the_order_of_their_definition():
    assert [type(layer) for layer in batch_norms(network())] == [nn.BatchNorm2d, nn.BatchNorm1d]


def test_refuses_a_network_without_batch_normalization():
    with pytest.raises(ValueError, match=r"no batch normalization .*; choose a backbone"):
        set_population_statistics(nn.Linear(2, 2), [torch.zeros(3, 2)])


def test_refuses_to_adapt_to_no_samples():
    with pytest.raises(ValueError, match="at least one sample of the target; got 0"):
        set_population_statistics(nn.BatchNorm1d(1).eval(), [])


def test_a_network_of_statistics_alone_is_adapted_in_its_precision():
    layer = nn.BatchNorm1d(1, affine=False).double().eval()
    set_population_statistics(layer, [torch.tensor([[0.0], [2]]), torch.tensor([[10.0], [12]])])
    assert (layer.running_mean.item(), layer.running_var.item()) == (6, 26)


def test_batches_can_pass_without_counting_for_the_statistics():
    network = nn.Sequential(nn.BatchNorm1d(2), nn.BatchNorm1d(2, track_running_stats=False))
    inputs = torch.randn(8, 2, generator=torch.Generator().manual_seed(0)) + 3
    before = {name: value.clone() for name, value in network.state_dict().items()}
    with statistics_kept(network):
        kept = network(inputs)
    assert all(torch.equal(value, before[name]) for name, value in network.state_dict().items())
    counted = network(inputs)
    torch.testing.assert_close(kept, counted)  # normalized by the batch all the same
    assert not torch.equal(network.state_dict()["0.running_mean"], before["0.running_mean"])
    assert network[1].track_running_stats is False


def test_statistics_count_again_after_an_error():
    network = nn.BatchNorm1d(2)
    with pytest.raises(RuntimeError), statistics_kept(network):
        raise RuntimeError
    assert network.track_running_stats
