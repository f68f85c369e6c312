"""Losses of two classifiers, of source and target, whose logits share one softmax."""

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int
from torch import Tensor

from da.losses.precision import full_precision

# All from Zhang et al., CVPR 2019; the logits are the source classifier's, then the target's.


@full_precision
def symmetric_discrimination(
    source: Float[Tensor, "n c"], target: Float[Tensor, "m c"]
) -> Float[Tensor, ""]:
    """Cross-entropy of the domain, whose probability is that of all classes of its classifier.

    Zhang et al., *Domain-Symmetric Networks for Adversarial Domain Adaptation*, CVPR 2019, Eq. 5.
    https://arxiv.org/abs/1904.04663

    Args:
        source: Joint logits of source samples, ``c = 2 k``.
        target: Joint logits of target samples; the batch may have another size.

    Returns:
        A non-negative scalar, summed over the two domains.
    """
    return -(_sides(source)[0].mean() + _sides(target)[1].mean())


@full_precision
def symmetric_confusion(target: Float[Tensor, "m c"]) -> Float[Tensor, ""]:
    """Cross-entropy of the domain of target samples with "either".

    Zhang et al., *Domain-Symmetric Networks for Adversarial Domain Adaptation*, CVPR 2019, Eq. 7.
    https://arxiv.org/abs/1904.04663

    Args:
        target: Joint logits of target samples, ``c = 2 k``.

    Returns:
        A scalar of at least ``log 2``.
    """
    source_side, target_side = _sides(target)
    return -(source_side.mean() + target_side.mean()) / 2


@full_precision
def category_confusion(
    source: Float[Tensor, "n c"], labels: Int[Tensor, " n"]
) -> Float[Tensor, ""]:
    """Cross-entropy of the class with its label in either of the two classifiers.

    Zhang et al., *Domain-Symmetric Networks for Adversarial Domain Adaptation*, CVPR 2019, Eq. 6.
    https://arxiv.org/abs/1904.04663

    Args:
        source: Joint logits of source samples, ``c = 2 k``.
        labels: Classes, below ``k``.

    Returns:
        A scalar of at least ``log 2``.
    """
    classes = source.shape[1] // 2
    return (F.cross_entropy(source, labels) + F.cross_entropy(source, labels + classes)) / 2


@full_precision
def symmetric_entropy(target: Float[Tensor, "m c"]) -> Float[Tensor, ""]:
    """Mean entropy of the classes, whichever classifier says them, in nats.

    Zhang et al., *Domain-Symmetric Networks for Adversarial Domain Adaptation*, CVPR 2019, Eq. 8.
    https://arxiv.org/abs/1904.04663

    Args:
        target: Joint logits of target samples, ``c = 2 k``.

    Returns:
        A scalar in [0, log k].
    """
    logarithms = torch.logaddexp(*target.log_softmax(1).chunk(2, dim=1))
    return -(logarithms.exp() * logarithms).sum(1).mean()


def _sides(logits: Tensor) -> tuple[Tensor, Tensor]:
    """Logarithms of the probabilities of the two classifiers."""
    source, target = logits.log_softmax(1).chunk(2, dim=1)
    return source.logsumexp(1), target.logsumexp(1)
