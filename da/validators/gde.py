"""Agreement of two runs (GDE)."""

import math

from jaxtyping import Float
from torch import Tensor

from da.batch import Labeled, Unlabeled
from da.validators.agreement import agreement, check_same_samples
from da.validators.score import Score, score, status_of, undefined, worst


def gde(source: Labeled, target: Unlabeled, *, twin: Float[Tensor, "n k"]) -> Score:
    """Estimated target accuracy: share of samples on which two seeds agree, in [0, 1].

    Jiang et al., *Assessing Generalization of SGD via Disagreement*, ICLR 2022.
    https://arxiv.org/abs/2106.13799

    It equals the accuracy in expectation where the ensemble of all seeds is calibrated; two models
    that collapse to the same class agree perfectly.

    Args:
        source: Not used.
        target: Held-out target samples.
        twin: Logits of the same samples, by the same method trained with another seed.

    Raises:
        ValueError: If these are logits of other samples.
    """
    check_same_samples("logits of the other seed", twin, target.logits)
    status = worst(status_of(target.logits), status_of(twin))
    if undefined(status):
        return score(math.nan, status)
    return score(agreement(target.logits, twin), status)
