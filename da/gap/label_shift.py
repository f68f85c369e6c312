"""Estimate the target's class prior from predictions alone, assuming only the prior differs."""

import numpy as np
from jaxtyping import Float, Integer, Real


def joint_confusion(
    predictions: Integer[np.ndarray, " n"], labels: Integer[np.ndarray, " n"], num_classes: int
) -> Float[np.ndarray, "k k"]:
    """Return the shares of samples by predicted class (rows) and true class (columns), sum 1.

    Raises:
        ValueError: If there are no samples, they differ in number, or a class is out of range.
    """
    both = np.concatenate([predictions, labels])
    if not len(labels) == len(predictions) > 0 or both.min() < 0 or both.max() >= num_classes:
        raise ValueError(
            f"a confusion needs as many predictions as labels, at least 1, in [0, {num_classes}); "
            f"got {len(predictions)} predictions and {len(labels)} labels"
        )
    pairs = predictions.astype(np.int64) * num_classes + labels
    counts = np.bincount(pairs, minlength=num_classes**2)
    return counts.reshape(num_classes, num_classes) / len(labels)


def bbse(
    confusion: Real[np.ndarray, "k k"],
    source_prior: Real[np.ndarray, " k"],
    target_predicted: Real[np.ndarray, " k"],
) -> Float[np.ndarray, " k"]:
    """Black-box shift estimate: solve the confusion for the prior that explains the predictions.

    Lipton, Wang & Smola, *Detecting and Correcting for Label Shift with Black Box Predictors*,
    ICML 2018. https://arxiv.org/abs/1802.03916

    Args:
        confusion: Joint shares of predicted class (rows) and true class (columns) on held-out
            source samples.
        source_prior: Class prior of the source.
        target_predicted: Share of each predicted class on the target.

    Returns:
        Estimated target prior: non-negative (negative solutions are clipped), sum 1.

    Raises:
        ValueError: If the shapes differ, a value is not finite, or the confusion is singular.
    """
    confusion, source_prior, target_predicted = _arrays(confusion, source_prior, target_predicted)
    if np.linalg.matrix_rank(confusion) < len(confusion):
        raise ValueError(
            f"the confusion of {len(confusion)} classes is singular, so it cannot be inverted; "
            f"use rlls, which regularises it"
        )
    return _reweighted(np.linalg.solve(confusion, target_predicted), source_prior)


def rlls(
    confusion: Real[np.ndarray, "k k"],
    source_prior: Real[np.ndarray, " k"],
    target_predicted: Real[np.ndarray, " k"],
    *,
    regularization: float,
) -> Float[np.ndarray, " k"]:
    """Regularised label-shift estimate: as :func:`bbse`, shrunk towards the source prior.

    Azizzadenesheli et al., *Regularized Learning for Domain Adaptation under Label Shifts*,
    ICLR 2019, with squared norms. https://arxiv.org/abs/1903.09734

    Args:
        confusion: Joint shares of predicted class (rows) and true class (columns) on held-out
            source samples.
        source_prior: Class prior of the source.
        target_predicted: Share of each predicted class on the target.
        regularization: Weight of the squared norm of the shift; positive. Directions in which the
            confusion has a squared singular value below it shrink by more than half.

    Returns:
        Estimated target prior: non-negative, sum 1.

    Raises:
        ValueError: If the shapes differ, a value is not finite, or regularization is not positive.
    """
    confusion, source_prior, target_predicted = _arrays(confusion, source_prior, target_predicted)
    if not regularization > 0:
        raise ValueError(f"regularization is positive; got {regularization}, so use bbse for none")
    gram = confusion.T @ confusion + regularization * np.eye(len(confusion))
    shift = np.linalg.solve(gram, confusion.T @ (target_predicted - confusion.sum(1)))
    return _reweighted(1 + shift, source_prior)


def label_shift(
    confusion: Real[np.ndarray, "k k"],
    source_prior: Real[np.ndarray, " k"],
    target_predicted: Real[np.ndarray, " k"],
) -> Float[np.ndarray, " k"]:
    """Estimate the target prior with :func:`bbse`, or :func:`rlls` where that is ill-posed.

    The smallest singular value of the confusion is ``1 / k`` for a perfect classifier on balanced
    classes. Below a tenth of that, inversion amplifies noise more than tenfold, and directions
    below that same tenth are shrunk instead.

    Args:
        confusion: Joint shares of predicted class (rows) and true class (columns) on held-out
            source samples.
        source_prior: Class prior of the source.
        target_predicted: Share of each predicted class on the target.

    Returns:
        Estimated target prior: non-negative, sum 1. Unreliable if more than the prior differs.

    Raises:
        ValueError: If the shapes differ or a value is not finite.
    """
    confusion, source_prior, target_predicted = _arrays(confusion, source_prior, target_predicted)
    smallest = 0.1 / len(confusion)
    if np.linalg.svd(confusion, compute_uv=False)[-1] < smallest:
        return rlls(confusion, source_prior, target_predicted, regularization=smallest**2)
    return bbse(confusion, source_prior, target_predicted)


def _arrays(*arrays: Real[np.ndarray, "..."]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    confusion, source_prior, target_predicted = (np.asarray(a, dtype=np.float64) for a in arrays)
    k = len(source_prior)
    if confusion.shape != (k, k) or target_predicted.shape != (k,):
        raise ValueError(
            f"{k} classes need a {k} x {k} confusion and {k} predicted shares; got shapes "
            f"{confusion.shape} and {target_predicted.shape}"
        )
    if not all(np.isfinite(a).all() for a in (confusion, source_prior, target_predicted)):
        raise ValueError("confusion and shares must be finite; got NaN or infinity")
    return confusion, source_prior, target_predicted


def _reweighted(ratio: np.ndarray, source_prior: np.ndarray) -> np.ndarray:
    prior = np.maximum(ratio, 0) * source_prior
    return prior / prior.sum()
