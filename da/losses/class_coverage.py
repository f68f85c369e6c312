"""How far predictions are from giving each class its share."""

import math

from jaxtyping import Float
from torch import Tensor

from da.losses.precision import full_precision


@full_precision
def class_coverage(logits: Float[Tensor, "m k"]) -> Float[Tensor, ""]:
    """Cross-entropy of equal class proportions with the mean prediction, in nats.

    Saito et al., *Maximum Classifier Discrepancy for Unsupervised Domain Adaptation*, CVPR 2018, as
    in the authors' code for VisDA, where a classifier may else give up a class.
    https://arxiv.org/abs/1712.02560

    Args:
        logits: Logits of the samples.

    Returns:
        A scalar of at least ``log k``, which it is if the classes are equally frequent; it grows
        without bound as a class disappears.
    """
    return math.log(len(logits)) - logits.log_softmax(1).logsumexp(0).mean()
