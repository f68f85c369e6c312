"""Whether predictions withstand an augmentation."""

import math

from jaxtyping import Float
from torch import Tensor

from da.batch import Labeled, Unlabeled
from da.validators.agreement import agreement, check_same_samples
from da.validators.score import Score, score, status_of, undefined


def consistency(source: Labeled, target: Unlabeled, *, augmented: Float[Tensor, "n k"]) -> Score:
    """Share of target samples that are predicted as before if they are augmented, in [0, 1].

    A model that collapses to one class scores 1.

    Args:
        source: Not used.
        target: Held-out target samples.
        augmented: Logits of the same samples, augmented; the same augmentation for all models.

    Raises:
        ValueError: If these are logits of other samples.
    """
    check_same_samples("logits of the augmented samples", augmented, target.logits)
    status = status_of(target.logits, augmented)
    if undefined(status):
        return score(math.nan, status)
    return score(agreement(target.logits, augmented), status)
