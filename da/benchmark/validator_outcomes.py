"""What a validator's selections from pools of candidates cost, pool by pool."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float
from scipy import stats

from da.benchmark.validator_problems import Pool
from da.validators import selection, weighted_spearman

#: What to compare validators with: what is taken without one, a draw, and the best there is.
DEFAULT, RANDOM, ORACLE = "default", "random", "oracle"
REFERENCES = (DEFAULT, RANDOM, ORACLE)

#: A validator, and whether it selects only what passes the guard.
Key = tuple[str, bool]


@dataclass(frozen=True)
class PoolOutcomes:
    """One number per pool of each kind.

    Attributes:
        regret: What the best candidate has more than the selected one.
        stake: What it has more than the mean of the pool.
        harmful: Probability that the selected one is harmful.
        worst_tenth: Probability that it is one of the worst tenth.
        spearman: Rank correlation of score and accuracy; NaN where one of them is constant.
        weighted_spearman: The same with most weight at the top of either ranking.
        blind: 1 where no candidate has a score.
    """

    regret: Float[np.ndarray, " pools"]
    stake: Float[np.ndarray, " pools"]
    harmful: Float[np.ndarray, " pools"]
    worst_tenth: Float[np.ndarray, " pools"]
    spearman: Float[np.ndarray, " pools"]
    weighted_spearman: Float[np.ndarray, " pools"]
    blind: Float[np.ndarray, " pools"]


def pool_outcomes(pools: Sequence[Pool], materiality: float) -> dict[Key, PoolOutcomes]:
    """Let each validator and each reference select from the pools.

    Args:
        pools: Pools of one problem.
        materiality: What may be lost against source-only without harm.
    """
    names = dict.fromkeys(name for pool in pools for name in pool.validators)
    keys = [(name, guarded) for name in names for guarded in (False, True)]
    keys += [(name, False) for name in REFERENCES]
    return {key: _outcomes(key, pools, materiality) for key in keys}


def _outcomes(key: Key, pools: Sequence[Pool], materiality: float) -> PoolOutcomes:
    columns = np.array([_outcome(key, pool, materiality) for pool in pools])
    return PoolOutcomes(*columns.T)


def _outcome(key: Key, pool: Pool, materiality: float) -> list[float]:
    validator, guarded = key
    scores = _scores(validator, pool, guarded=guarded)
    chosen = selection(
        scores,
        pool.accuracies,
        source_only=pool.source_only,
        margin=materiality,
        passed=pool.passed if guarded else None,
    )
    ranked = np.where(pool.passed, scores, np.nan) if guarded else scores
    return [
        chosen.regret,
        float(pool.accuracies.max() - pool.accuracies.mean()),
        chosen.harmful,
        chosen.worst_tenth,
        _spearman(ranked, pool.accuracies),
        weighted_spearman(ranked, pool.accuracies),
        float(np.isnan(scores).all()),
    ]


def _scores(validator: str, pool: Pool, *, guarded: bool) -> Float[np.ndarray, " c"]:
    if validator == DEFAULT:
        return np.full(len(pool.accuracies), np.nan)  # without a score, the last is taken
    if validator == RANDOM:
        return np.zeros(len(pool.accuracies))  # of equal scores, the mean
    return pool.accuracies if validator == ORACLE else pool.score(validator, guarded=guarded)


def _spearman(scores: Float[np.ndarray, " c"], accuracies: Float[np.ndarray, " c"]) -> float:
    """Rank correlation; a candidate without a score ranks as low as the lowest."""
    finite = np.isfinite(scores)
    if not finite.any():
        return float("nan")
    scores = np.where(finite, scores, scores[finite].min())
    if np.ptp(scores) == 0 or np.ptp(accuracies) == 0:
        return float("nan")
    return float(stats.spearmanr(scores, accuracies).statistic)
