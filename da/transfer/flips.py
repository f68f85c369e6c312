"""What adaptation changed, item by item."""

from typing import NamedTuple

import numpy as np
from jaxtyping import Integer, Real

from da.transfer.weights import item_weights


class Flips(NamedTuple):
    """Shares of items on which an adapted model and its reference differ; all in [0, 1].

    Attributes:
        delta: Accuracy of the adapted model minus that of the reference; ``pfr - nfr``.
        pfr: Positive flips: only the adapted model is right.
        nfr: Negative flips: only the reference is right.
        disagreement: The two predict different classes; known without labels.
    """

    delta: float
    pfr: float
    nfr: float
    disagreement: float


def flips(
    labels: Integer[np.ndarray, " items"],
    adapted: Integer[np.ndarray, " items"],
    reference: Integer[np.ndarray, " items"],
    weights: Real[np.ndarray, " items"] | None = None,
) -> Flips:
    """Count the items that adaptation made right, made wrong, or merely changed.

    Yan et al., *Positive-Congruent Training: Towards Regression-Free Model Updates*, CVPR 2021.
    https://arxiv.org/abs/2011.09161

    ``|delta| <= disagreement`` always holds, since an item on which both agree is right or wrong
    for both. Without labels (and with weights that need none) the disagreement thus certifies the
    largest harm that adaptation can have done.

    Args:
        labels: True classes.
        adapted: Classes predicted by the adapted model.
        reference: Classes predicted by the reference, such as source-only.
        weights: How much each item counts, mean 1.

    Raises:
        ValueError: If there are no items or the arrays differ in length.
    """
    if not len(labels) == len(adapted) == len(reference) > 0:
        raise ValueError(
            f"flips need the same items, at least 1; got {len(labels)} labels, "
            f"{len(adapted)} adapted and {len(reference)} reference predictions"
        )
    share = item_weights(weights, len(labels)) / len(labels)
    right, was_right = adapted == labels, reference == labels
    gained = float(share @ (right & ~was_right))
    lost = float(share @ (was_right & ~right))
    return Flips(gained - lost, gained, lost, float(share @ (adapted != reference)))
