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


@full_precision
def domain_confusion(source: Float[Tensor, " n"], target: Float[Tensor, " m"]) -> Float[Tensor, ""]:
    """Cross-entropy between a discriminator's prediction and "either"; both domains count alike.

    Tzeng et al., *Simultaneous Deep Transfer Across Domains and Tasks*, ICCV 2015, Eq. 6.
    https://arxiv.org/abs/1510.02192

    Args:
        source: Discriminator logits of source samples.
        target: Discriminator logits of target samples; the batch may have another size.

    Returns:
        A scalar of at least ``log 2``, which it is when every logit is 0.
    """
    # The mean of softplus(z) and softplus(-z)
    return sum(((F.softplus(z) - z / 2).mean() for z in (source, target)), source.new_zeros(())) / 2


@full_precision
def taken_for_source(target: Float[Tensor, " m"]) -> Float[Tensor, ""]:
    """Cross-entropy of a discriminator's prediction for target samples with the label "source".

    Tzeng et al., *Adversarial Discriminative Domain Adaptation*, CVPR 2017, Eq. 7: inverted labels,
    whose gradient does not vanish when the discriminator is right.
    https://arxiv.org/abs/1702.05464

    Args:
        target: Discriminator logits of target samples.

    Returns:
        A non-negative scalar; ``log 2`` when every logit is 0.
    """
    return F.softplus(-target).mean()


def _mean(values: Tensor, weights: Tensor | None) -> Tensor:
    return values.mean() if weights is None else (weights * values).sum() / weights.sum()
