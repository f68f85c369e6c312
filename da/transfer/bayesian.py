"""How probable is it that a difference across tasks is harm, of no matter, or a gain?"""

from typing import NamedTuple

import numpy as np
from jaxtyping import Real

_BLOCK = 10_000  # weights drawn at once


class Posterior(NamedTuple):
    """Posterior probabilities of where differences across tasks mostly lie; they sum to 1.

    Attributes:
        negative: Harm beyond the region of practical equivalence.
        equivalent: Within the region.
        positive: A gain beyond the region.
    """

    negative: float
    equivalent: float
    positive: float


def bayesian_signed_rank(
    differences: Real[np.ndarray, " n"],
    *,
    rope: float,
    prior_strength: float = 0.5,
    draws: int = 50_000,
    seed: int = 0,
) -> Posterior:
    """Bayesian signed-rank test with a Dirichlet process prior.

    Benavoli et al., *A Bayesian Wilcoxon Signed-Rank Test Based on the Dirichlet Process*, ICML
    2014, http://proceedings.mlr.press/v32/benavoli14.html; with a region of practical equivalence
    as in Benavoli et al., *Time for a Change*, JMLR 2017, Sec. 4.2,
    https://jmlr.org/papers/v18/16-305.html. The prior is one pseudo-observation at zero.

    Args:
        differences: One mean over seeds per task, in the unit of ``rope``.
        rope: Half the width of the region of practical equivalence; at least 0.
        prior_strength: Weight of the pseudo-observation; a task has weight 1.
        draws: Draws from the posterior; the probabilities have a standard error of at most
            ``0.5 / sqrt(draws)``.
        seed: Seed of the draws.

    Raises:
        ValueError: If there are no differences, one is not finite, or a parameter is out of range.
    """
    d = np.asarray(differences, dtype=np.float64)
    if d.size == 0 or not np.isfinite(d).all():
        raise ValueError(f"the signed-rank test takes finite differences, at least 1; got {d}")
    if rope < 0 or prior_strength <= 0 or draws < 1:
        raise ValueError(
            f"the test needs rope >= 0, prior_strength > 0 and draws >= 1; got rope={rope}, "
            f"prior_strength={prior_strength}, draws={draws}"
        )
    values = np.concatenate([[0.0], d])
    walsh = (values[:, None] + values) / 2  # the averages that Wilcoxon's ranks count the signs of
    edge = rope + 1e-12 * float(np.abs(d).max())  # on the edge up to rounding is within
    regions = [walsh < -edge, np.abs(walsh) <= edge, walsh > edge]
    rng = np.random.default_rng(seed)
    alpha = np.concatenate([[prior_strength], np.ones(len(d))])
    wins = np.zeros(3)
    for start in range(0, draws, _BLOCK):
        weights = rng.dirichlet(alpha, min(_BLOCK, draws - start))
        mass = np.stack([((weights @ region) * weights).sum(1) for region in regions], axis=1)
        wins += np.bincount(mass.argmax(1), minlength=3)
    negative, equivalent, positive = (wins / draws).tolist()
    return Posterior(negative, equivalent, positive)
