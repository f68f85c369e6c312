"""Transferable normalization."""

from copy import deepcopy
from typing import Any

import torch
from torch import Tensor, nn

from da.layers import named_batch_norms
from da.methods.base import NotApplicable
from da.methods.domain_norm import Domain, DomainNormalized


class TransNorm(DomainNormalized):
    """Normalize each domain by its own statistics, and favour channels on which these agree.

    Wang et al., *Transferable Normalization: Towards Improving Transferability of Deep Neural
    Networks*, NeurIPS 2019, Eq. 2-6.
    https://papers.nips.cc/paper/8470-transferable-normalization

    Scales and shifts are shared, and multiplied by ``1 + alpha``, where ``alpha`` is the larger,
    the closer the domains' standardized means are, and averages 1 over the channels. It is computed
    from the running statistics, in training too, where the paper has those of the batch; no
    gradient flows through it. The loss is that of DANN.

    Args:
        **kwargs: See :class:`DomainNormalized`.

    Raises:
        NotApplicable: If the backbone has no batch normalization, or one without scale and shift or
            without running statistics.
    """

    family = "batch normalization"
    assumes = "equal class proportions; a shift of means and variances"
    hurts = "if proportions differ: channels of classes then seem to disagree"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        layers = named_batch_norms(self.backbone).values()
        if not all(x.affine and x.track_running_stats for x in layers):
            raise NotApplicable(
                "TransNorm needs batch normalization with scale, shift and running statistics; "
                f"{type(self.backbone).__name__} has one without"
            )
        self.statistics_of_target = nn.ModuleList(map(deepcopy, layers))
        for layer in self.statistics_of_target:
            layer.weight = layer.bias = None  # type: ignore[assignment]

    def normalization(self, domain: Domain) -> dict[str, Tensor]:
        layers = named_batch_norms(self.backbone)
        replaced: dict[str, Tensor] = {}
        for (name, source), target in zip(layers.items(), self.statistics_of_target, strict=True):
            factor = 1 + channel_weights(source, target)
            replaced |= {f"{name}.weight": factor * source.weight}
            replaced |= {f"{name}.bias": factor * source.bias}
            if domain == "target":
                replaced |= {f"{name}.{key}": value for key, value in target.named_buffers()}
        return replaced


@torch.no_grad()
def channel_weights(source: Any, target: Any) -> Tensor:
    """Return the transferability of each channel, 1 on average.

    Args:
        source: Batch normalization with the source's running statistics.
        target: That with the target's.
    """
    standardized = [
        layer.running_mean / (layer.running_var + layer.eps).sqrt() for layer in (source, target)
    ]
    closeness = 1 / (1 + (standardized[0] - standardized[1]).abs())
    return closeness / closeness.mean()
