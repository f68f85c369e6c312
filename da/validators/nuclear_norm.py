"""Nuclear norm of the target predictions (BNM as a validator)."""

import math

from da.batch import Labeled, Unlabeled
from da.losses import nuclear_norm as batch_nuclear_norm
from da.validators.float64 import float64
from da.validators.score import Score, score, status_of, undefined


def nuclear_norm(source: Labeled, target: Unlabeled) -> Score:
    """Sum of the singular values of all target probabilities over its maximum, in [1 / k, 1].

    Cui et al., *Towards Discriminability and Diversity: Batch Nuclear-norm Maximization under Label
    Insufficient Situations*, CVPR 2020 (https://arxiv.org/abs/2003.12237); as a validator:
    Musgrave, Belongie & Lim, *Three New Validators and a Large-Scale Benchmark Ranking for
    Unsupervised Domain Adaptation*, 2022 (https://arxiv.org/abs/2208.07360).

    Certain and balanced predictions score 1, one certain class ``1 / sqrt(k)``. It takes target
    classes as equally frequent.
    """
    status = status_of(target.logits)
    if undefined(status):
        return score(math.nan, status)
    n, k = target.logits.shape
    norm = batch_nuclear_norm(float64(target.logits)).item()
    return score(norm * math.sqrt(n / min(n, k)), status)
