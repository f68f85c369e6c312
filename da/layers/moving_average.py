"""A network that follows another one."""

import torch
from torch import nn


@torch.no_grad()
def follow(average: nn.Module, network: nn.Module, share: float) -> None:
    """Move the parameters of one network towards those of another; copy its buffers.

    Tarvainen & Valpola, *Mean teachers are better role models*, NeurIPS 2017, Eq. 1.
    https://arxiv.org/abs/1703.01780

    Args:
        average: Network that is changed in place.
        network: Network of the same form.
        share: Share of the way, in [0, 1]: 1 - alpha in the paper.
    """
    for mean, value in zip(average.parameters(), network.parameters(), strict=True):
        mean.lerp_(value, share)
    for old, new in zip(average.buffers(), network.buffers(), strict=True):
        old.copy_(new)
