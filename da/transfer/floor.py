"""The error that no predictor can avoid when it predicts alike on domains with other priors."""

import numpy as np
from jaxtyping import Integer, Real

from da.transfer.weights import item_weights


def total_variation(p: Real[np.ndarray, " k"], q: Real[np.ndarray, " k"]) -> float:
    """Return the total variation distance of two distributions over classes, in [0, 1]."""
    return float(np.abs(np.asarray(p, np.float64) - np.asarray(q, np.float64)).sum() / 2)


def label_shift_floor(
    source_labels: Integer[np.ndarray, " n"],
    source_predictions: Integer[np.ndarray, " n"],
    target_labels: Integer[np.ndarray, " m"],
    target_predictions: Integer[np.ndarray, " m"],
    *,
    num_classes: int,
    target_weights: Real[np.ndarray, " m"] | None = None,
) -> float:
    """Lower bound of source error plus target error, for any predictor.

    By the triangle inequality of total variation, a predictor whose predictions are distributed
    alike on both domains pays for the difference of the class priors:
    ``TV(labels) - TV(predictions) <= source error + target error``. The argument is that of Zhao
    et al., *On Learning Invariant Representations for Domain Adaptation*, ICML 2019, Thm. 4.3
    (https://arxiv.org/abs/1901.09453), with total variation in place of the Jensen-Shannon
    distance; it is exact for the empirical distributions.

    Args:
        source_labels: True classes of source samples.
        source_predictions: Classes predicted for the same samples.
        target_labels: True classes of target samples.
        target_predictions: Classes predicted for the same samples.
        num_classes: Number of classes.
        target_weights: How much each target sample counts, mean 1, as in the target error.

    Returns:
        A number in [-1, 1]; a negative one bounds nothing.

    Raises:
        ValueError: If there are no samples, labels and predictions differ in number, or a class
            is not in ``[0, num_classes)``.
    """
    weights = item_weights(target_weights, len(target_labels))
    priors = total_variation(
        _distribution(source_labels, None, num_classes),
        _distribution(target_labels, weights, num_classes),
    )
    if len(source_predictions) != len(source_labels):
        raise ValueError(
            f"each source sample has one prediction; got {len(source_predictions)} for "
            f"{len(source_labels)} labels"
        )
    if len(target_predictions) != len(target_labels):
        raise ValueError(
            f"each target sample has one prediction; got {len(target_predictions)} for "
            f"{len(target_labels)} labels"
        )
    predicted = total_variation(
        _distribution(source_predictions, None, num_classes),
        _distribution(target_predictions, weights, num_classes),
    )
    return priors - predicted


def check_label_shift_floor(floor: float, source_error: float, target_error: float) -> None:
    """Check recorded errors against :func:`label_shift_floor` of the same samples.

    Args:
        floor: Lower bound of the sum of the two errors.
        source_error: Recorded source error, a fraction.
        target_error: Recorded target error, a fraction, with the weights of the floor.

    Raises:
        ValueError: If the errors sum to less than the floor, which is impossible.
    """
    if not source_error + target_error >= floor - 1e-9:  # negated, so that NaN fails too
        raise ValueError(
            f"evaluation is inconsistent: source error {source_error:.6f} plus target error "
            f"{target_error:.6f} is below its label-shift floor {floor:.6f}, so check that errors, "
            f"labels and predictions are of the same samples and weights"
        )


def _distribution(
    classes: Integer[np.ndarray, " n"], weights: np.ndarray | None, num_classes: int
) -> np.ndarray:
    if len(classes) == 0 or classes.min() < 0 or classes.max() >= num_classes:
        raise ValueError(
            f"classes are in [0, {num_classes}) and there is at least 1 sample; got "
            f"{f'{classes.min()} to {classes.max()}' if len(classes) else 'no samples'}"
        )
    return np.bincount(classes, weights, minlength=num_classes) / len(classes)
