"""Statistics of batch normalization over a whole domain."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import torch
from torch import Tensor, nn

BatchNorm = nn.BatchNorm1d | nn.BatchNorm2d | nn.BatchNorm3d


def batch_norms(network: nn.Module) -> list[BatchNorm]:
    """Return the batch normalization layers of a network, in the order of their definition."""
    return list(named_batch_norms(network).values())


def named_batch_norms(network: nn.Module) -> dict[str, BatchNorm]:
    """Return the batch normalization layers of a network by their names in it."""
    return {name: m for name, m in network.named_modules() if isinstance(m, BatchNorm)}


@contextmanager
def statistics_kept(network: nn.Module) -> Iterator[None]:
    """Let batches pass in training mode that do not count for the running statistics."""
    layers = [layer for layer in batch_norms(network) if layer.track_running_stats]
    for layer in layers:
        layer.track_running_stats = False
    try:
        yield
    finally:
        for layer in layers:
            layer.track_running_stats = True


@torch.no_grad()
def set_population_statistics(network: nn.Module, batches: Iterable[Tensor]) -> None:
    """Set the running mean and variance of each layer to those of its inputs over all batches.

    Li et al., *Revisiting Batch Normalization for Practical Domain Adaptation*, 2016, Alg. 1.
    https://arxiv.org/abs/1603.04779

    Layer by layer, so that each sees what the layers before it yield with their new statistics.
    Sums are in float64; the variance is the biased one, of all samples together: averaging the
    variances of batches would miss how far the batches lie apart.

    Args:
        network: Network in evaluation mode; changed in place.
        batches: Inputs of the domain; iterated once per layer.

    Raises:
        ValueError: If the network has no batch normalization, or there are no samples.
    """
    layers = batch_norms(network)
    if not layers:
        raise ValueError(
            "the network has no batch normalization whose statistics could be adapted; choose a "
            "backbone that has it"
        )
    tensors = network.state_dict().values()
    precision = next((t.dtype for t in tensors if t.is_floating_point()), torch.float32)
    for layer in layers:
        sums = torch.zeros(3, layer.num_features, dtype=torch.float64)

        def accumulate(_: nn.Module, inputs: tuple[Tensor, ...], sums: Tensor = sums) -> None:
            x = inputs[0].detach().double().transpose(0, 1).flatten(1).cpu()
            sums += torch.stack([torch.full((len(x),), x.shape[1]), x.sum(1), x.square().sum(1)])

        hook = layer.register_forward_pre_hook(accumulate)
        for batch in batches:
            network(batch.to(precision))
        hook.remove()
        count, total, squares = sums
        if not count.all():
            raise ValueError("batch normalization needs at least one sample of the target; got 0")
        mean = total / count
        variance = (squares / count - mean.square()).clamp_min(0)
        for statistic, value in ((layer.running_mean, mean), (layer.running_var, variance)):
            if statistic is not None:  # a layer that tracks nothing normalizes by each batch
                statistic.copy_(value)
