"""Confident on each sample, diverse over all."""

import numpy as np
from jaxtyping import Real

from da.batch import Labeled, Unlabeled
from da.validators.information import normalized_information
from da.validators.score import Score, score, status_of
from da.validators.summary import summarize


def information_maximization(source: Labeled, target: Unlabeled) -> Score:
    """Mutual information of target samples and predictions over ``log k``, in [0, 1].

    Bridle, Heading & MacKay, *Unsupervised Classifiers, Mutual Information and 'Phantom Targets'*,
    NeurIPS 1991. It takes target classes as equally frequent, and a confidently wrong model as a
    good one.
    """
    summary = summarize(target.logits)
    value = normalized_information(summary.mean_probabilities, summary.mean_entropy)
    return score(value, status_of(target.logits))


def prior_matching(source: Labeled, target: Unlabeled, *, prior: Real[np.ndarray, " k"]) -> Score:
    """As :func:`information_maximization`, for target classes of a known prior; at most 0.

    The diversity of the mean prediction gives way to its divergence from the prior.

    Args:
        source: Not used.
        target: Held-out target samples.
        prior: Class prior of the target, as estimated from a model without adaptation.

    Raises:
        ValueError: If the prior does not have one share per class.
    """
    if prior.shape != target.logits.shape[1:]:
        raise ValueError(
            f"the prior has one share for each of {target.logits.shape[1]} classes; "
            f"got shape {prior.shape}"
        )
    summary = summarize(target.logits)
    value = normalized_information(summary.mean_probabilities, summary.mean_entropy, prior=prior)
    status = status_of(target.logits)
    return score(value, status if np.isfinite(prior).all() else "degenerate")
