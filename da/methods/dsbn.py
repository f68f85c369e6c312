"""Domain-specific batch normalization."""

from copy import deepcopy
from typing import Any

from torch import Tensor, nn

from da.layers import named_batch_norms
from da.methods.domain_norm import Domain, DomainNormalized


class DSBN(DomainNormalized):
    """Train domain-adversarially with batch normalization layers of each domain's own.

    Chang et al., *Domain-Specific Batch Normalization for Unsupervised Domain Adaptation*, CVPR
    2019. https://arxiv.org/abs/1906.03950

    Each domain has its own statistics, scales and shifts; all other weights are shared. The first
    of the paper's two stages, with the adversarial loss of DANN; the second, which trains a new
    network on pseudo-labels of the first, is left out.

    Args:
        **kwargs: See :class:`DomainNormalized`.

    Raises:
        NotApplicable: If the backbone has no batch normalization.
    """

    family = "batch normalization"
    assumes = "equal class proportions; a shift of means and variances"
    hurts = "if proportions differ, or small batches give poor statistics"
    network = ("backbone", "classifier", "backbone_of_target")

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        layers = named_batch_norms(self.backbone)
        self.backbone_of_target = nn.ModuleList(deepcopy(layer) for layer in layers.values())

    def normalization(self, domain: Domain) -> dict[str, Tensor]:
        if domain == "source":
            return {}
        layers = zip(named_batch_norms(self.backbone), self.backbone_of_target, strict=True)
        return {
            f"{name}.{key}": value
            for name, layer in layers
            for key, value in (*layer.named_parameters(), *layer.named_buffers())
        }
