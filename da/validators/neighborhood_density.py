"""Soft neighbourhood density of the target predictions (SND)."""

import math

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn import functional as F

from da.batch import Labeled, Unlabeled
from da.validators.float64 import float64
from da.validators.sampling import at_most
from da.validators.score import Score, score, status_of, undefined

# Rows of the similarity matrix at once: 80 MB for 10,000 samples.
_ROWS = 1000


def neighborhood_density(source: Labeled, target: Unlabeled, *, temperature: float = 0.05) -> Score:
    """Mean entropy of the similarities of a target sample to the others, in [0, log(n - 1)].

    Saito et al., *Tune it the Right Way: Unsupervised Validation of Domain Adaptation via Soft
    Neighborhood Density*, ICCV 2021. https://arxiv.org/abs/2108.10860

    Similarities are cosines of predicted probabilities. A model that collapses to one class has the
    highest score there is, so ask :func:`guarded` first. The score grows with the number of
    samples: compare models on the same ones. Of more than 10,000, some are drawn.

    Args:
        source: Not used.
        target: Held-out target samples.
        temperature: Divides the cosines; positive.

    Raises:
        ValueError: If the temperature is not positive.
    """
    if not temperature > 0:
        raise ValueError(f"a temperature is positive; got {temperature}")
    target = at_most(target)
    status = status_of(target.logits)
    if len(target.logits) == 1:
        status = "too_few"
    if undefined(status):
        return score(math.nan, status)
    directions = F.normalize(float64(target.logits).softmax(1))
    rows = range(0, len(directions), _ROWS)
    total = sum(_entropies(directions, start, temperature).sum().item() for start in rows)
    return score(total / len(directions), status)


def _entropies(directions: Float[Tensor, "n k"], start: int, temperature: float) -> Tensor:
    """Entropies of the rows from ``start`` on, in place: the matrix is by far the largest thing."""
    block = directions[start : start + _ROWS]
    similarities = (block @ directions.T).div_(temperature)
    own = torch.arange(len(block))
    similarities[own, start + own] = -math.inf
    similarities -= similarities.amax(1, keepdim=True)
    weights = similarities.exp()
    similarities[own, start + own] = 0  # instead of 0 times infinity
    sums = weights.sum(1)
    return sums.log() - torch.linalg.vecdot(weights, similarities) / sums
