"""Agreement with the ensemble of all candidates (EnsV)."""

import math
from collections.abc import Iterable

import numpy as np
from jaxtyping import Float, Integer
from torch import Tensor

from da.batch import Labeled, Unlabeled
from da.validators.float64 import float64
from da.validators.score import Score, score, status_of, undefined


def ensemble_classes(pool: Iterable[Float[Tensor, "n k"]]) -> Integer[np.ndarray, " n"]:
    """Classes that the mean probabilities of all candidates say; the first of equal ones.

    Args:
        pool: Logits of the same target samples, one candidate after the other. Include source-only,
            and every candidate that is to be scored. One that is not finite has no say.

    Raises:
        ValueError: If there is no candidate, or one has logits of other samples.
    """
    total: np.ndarray | None = None
    for count, logits in enumerate(pool, start=1):
        probabilities = float64(logits).softmax(1).numpy()
        if total is None:
            total = np.zeros_like(probabilities)
        if probabilities.shape != total.shape:
            raise ValueError(
                f"candidates of a pool have logits of the same samples, so of shape {total.shape}; "
                f"got {probabilities.shape} of candidate {count}"
            )
        if np.isfinite(probabilities).all():
            total += probabilities
    if total is None:
        raise ValueError("an ensemble needs at least 1 candidate; got none")
    # Rounded, so that what is equal stays so in whatever order candidates are added up.
    return (total / count).round(12).argmax(1)


def ensv(source: Labeled, target: Unlabeled, *, ensemble: Integer[np.ndarray, " n"]) -> Score:
    """Share of target samples that are predicted as by the ensemble of all candidates, in [0, 1].

    Hu et al., *Towards Reliable Model Selection for Unsupervised Domain Adaptation: An Empirical
    Study and A Certified Baseline*, NeurIPS 2024. https://openreview.net/forum?id=rI7kbFTSpr

    It cannot be better than the pool: where most candidates are wrong in the same way, so is it.

    Args:
        source: Not used.
        target: Held-out target samples.
        ensemble: Classes that :func:`ensemble_classes` gives for the same samples.

    Raises:
        ValueError: If there is not one class per target sample.
    """
    n = len(target.logits)
    if ensemble.shape != (n,):
        raise ValueError(f"{n} target samples need {n} classes; got shape {ensemble.shape}")
    status = status_of(target.logits)
    if undefined(status):
        return score(math.nan, status)
    # NumPy takes the first of equal logits, as above.
    return score(float(np.mean(float64(target.logits).numpy().argmax(1) == ensemble)), status)
