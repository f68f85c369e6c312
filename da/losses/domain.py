"""How well a discriminator tells the domains apart."""

import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor

from da.losses.precision import full_precision


@full_precision
def domain_classification(
    source: Float[Tensor, " n"],
    target: Float[Tensor, " m"],
    source_weights: Float[Tensor, " n"] | None = None,
    target_weights: Float[Tensor, " m"] | None = None,
) -> Float[Tensor, ""]:
    """Binary cross-entropy of the domain: source is 1, target is 0; both count alike.

    Ganin et al., *Domain-Adversarial Training of Neural Networks*, JMLR 2016, Eq. 9.
    https://arxiv.org/abs/1505.07818

    Computed from logits, because the probability of a confident discriminator rounds to 0 or 1.

    Args:
        source: Discriminator logits of source samples.
        target: Discriminator logits of target samples; the batch may have another size.
        source_weights: Optional importance of each source sample, normalized here.
        target_weights: Optional importance of each target sample, normalized here.

    Returns:
        A scalar; ``log 2`` when the domains cannot be told apart.
    """
    source_loss, target_loss = F.softplus(-source), F.softplus(target)
    return (_mean(source_loss, source_weights) + _mean(target_loss, target_weights)) / 2


def _mean(values: Tensor, weights: Tensor | None) -> Tensor:
    return values.mean() if weights is None else (weights * values).sum() / weights.sum()
