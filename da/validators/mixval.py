"""Whether mixed samples are predicted as the larger part of them (MixVal)."""

import math

import torch
from jaxtyping import Float, Int
from torch import Tensor

from da.batch import Labeled, Unlabeled
from da.validators.agreement import check_same_samples
from da.validators.score import Score, score, status_of, undefined


def mixing_partners(size: int) -> Int[Tensor, " n"]:
    """Return which sample each one is mixed with: the same for all models, of all methods."""
    return torch.randperm(size, generator=torch.Generator().manual_seed(0))


def mixed_inputs(
    inputs: Float[Tensor, "n ..."], others: Int[Tensor, " n"], *, share: float = 0.55
) -> Float[Tensor, "n ..."]:
    """Return each sample mixed with another one, of which it has the smaller share.

    Args:
        inputs: Target samples as the network gets them.
        others: Index of the other sample, as of :func:`mixing_partners`.
        share: Share of the sample itself, in (.5, 1].

    Raises:
        ValueError: If the share is not above a half and at most 1.
    """
    if not 0.5 < share <= 1:
        raise ValueError(f"the larger share of a mixture is in (.5, 1]; got {share}")
    return share * inputs + (1 - share) * inputs[others.to(inputs.device)]


def mixval(
    source: Labeled,
    target: Unlabeled,
    *,
    mixtures: Float[Tensor, "n k"],
    others: Int[Tensor, " others"],
) -> Score:
    """Share of mixtures that are predicted as the sample with the larger share, in [0, 1].

    Hu et al., *Mixed Samples as Probes for Unsupervised Model Selection in Domain Adaptation*,
    NeurIPS 2023. https://openreview.net/forum?id=ackajXqei2

    It is the mean of two accuracies against predicted labels: of mixtures of samples predicted
    alike, which probe that a class is one cluster, and of mixtures across classes, which probe the
    boundary between them. Where there are mixtures of one kind only, theirs counts: so a model that
    collapses scores 1. The inputs must be such that their mixtures mean something.

    Args:
        source: Not used.
        target: Held-out target samples.
        mixtures: Logits of the samples as :func:`mixed_inputs` with others.
        others: Index of the other sample of each mixture.

    Raises:
        ValueError: If these are logits, or indices, of other samples.
    """
    check_same_samples("logits of the mixtures", mixtures, target.logits)
    n = len(target.logits)
    if len(others) != n or (n > 0 and not 0 <= int(others.min()) <= int(others.max()) < n):
        raise ValueError(f"{n} mixtures need {n} indices in [0, {n}); got {len(others)} others")
    status = status_of(target.logits, mixtures)
    if undefined(status):
        return score(math.nan, status)
    labels = target.logits.argmax(1).cpu()
    right = (mixtures.argmax(1).cpu() == labels).double()
    alike = labels == labels[others.cpu()]
    accuracies = [right[kind].mean().item() for kind in (alike, ~alike) if kind.any()]
    return score(sum(accuracies) / len(accuracies), status)
