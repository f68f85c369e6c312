"""How much harm adaptation can have done at most, without a single label."""

from typing import NamedTuple

import numpy as np
from jaxtyping import Integer

from da.transfer.rate import clopper_pearson


class Certificate(NamedTuple):
    """Largest possible difference of accuracy of two models, of either sign.

    Attributes:
        here: On these very items, whatever their labels: the share on which the models disagree.
        population: On the distribution of the items, with the given confidence.
        items: Number of items.
    """

    here: float
    population: float
    items: int


def certificate(
    adapted: Integer[np.ndarray, " items"],
    reference: Integer[np.ndarray, " items"],
    *,
    confidence: float = 0.95,
) -> Certificate:
    """Bound the harm of adaptation by how often it changes the prediction.

    An item on which both models agree is right for both or wrong for both. The bound for the
    population is a one-sided Clopper-Pearson limit, for items drawn independently that played no
    part in training.

    Args:
        adapted: Classes predicted by the adapted model.
        reference: Classes predicted by the reference, such as source-only.
        confidence: Probability that the bound for the population holds, in (0.5, 1).

    Raises:
        ValueError: If there are no items, the two differ in length, or the confidence is out of
            range.
    """
    if not len(adapted) == len(reference) > 0:
        raise ValueError(
            f"a certificate needs two predictions of the same items, at least 1; got "
            f"{len(adapted)} and {len(reference)}"
        )
    if not 0.5 < confidence < 1:
        raise ValueError(f"a confidence is in (0.5, 1); got {confidence}")
    changed, items = int(np.sum(adapted != reference)), len(adapted)
    upper = clopper_pearson(changed, items, 2 * confidence - 1)[1]
    return Certificate(changed / items, upper, items)
