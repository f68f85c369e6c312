"""Differences of accuracy as shares of what was at stake."""

import numpy as np
from jaxtyping import Float, Real

_SMALLEST_GAP = 0.02


def gap_closed(adapted: float, source_only: float, target_only: float) -> float:
    """Share of the way from source-only to target-only that adaptation went.

    Compute it from means over seeds; the mean of ratios per seed has heavy tails.

    Args:
        adapted: Accuracy of the adapted model, a fraction.
        source_only: Accuracy without adaptation.
        target_only: Accuracy of training on target labels, the ceiling.

    Returns:
        1 at the ceiling, 0 at source-only, negative for harm; NaN where the ceiling is less than
        .02 above source-only, so that there is no gap to close.
    """
    gap = target_only - source_only
    if not gap >= _SMALLEST_GAP - 1e-12:  # negated, so that NaN gives NaN
        return float("nan")
    return (adapted - source_only) / gap


def normalized_gap(adapted: float, source_only: float, *, num_classes: int) -> float:
    """Negative transfer gap as a share of what source-only knows beyond chance.

    The gap is that of Wang et al., *Characterizing and Avoiding Negative Transfer*, CVPR 2019
    (https://arxiv.org/abs/1811.09751), against source-only.

    Args:
        adapted: Accuracy of the adapted model, a fraction.
        source_only: Accuracy without adaptation.
        num_classes: Number of classes; chance is one in that many.

    Returns:
        0 for no harm, 1 if adaptation fell to chance, negative for a gain; NaN if source-only is
        itself not above chance.
    """
    known = source_only - 1 / num_classes
    return (source_only - adapted) / known if known > 1e-12 else float("nan")


def normalized_score(accuracy: float, chance: float, target_only: float) -> float:
    """Accuracy between chance and the ceiling, to compare tasks of different difficulty.

    Args:
        accuracy: Accuracy of a model, a fraction.
        chance: Accuracy of guessing.
        target_only: Accuracy of training on target labels, the ceiling.

    Returns:
        0 at chance, 1 at the ceiling; NaN where the ceiling is less than .02 above chance.
    """
    return gap_closed(accuracy, chance, target_only)


def transfer_ratio(
    errors: Real[np.ndarray, " tasks"], in_domain_errors: Real[np.ndarray, " tasks"]
) -> float:
    """Mean over tasks of the transfer error as a multiple of the in-domain error.

    Glorot, Bordes & Bengio, *Domain Adaptation for Large-Scale Sentiment Classification: A Deep
    Learning Approach*, ICML 2011, Sec. 4.1. https://icml.cc/2011/papers/342_icmlpaper.pdf

    Args:
        errors: Target error of each task, means over seeds, as fractions.
        in_domain_errors: Error of a baseline trained on the labelled target of the same task.

    Returns:
        1 if transfer errs as often as training on the target; NaN if an in-domain error is zero.

    Raises:
        ValueError: If there are no tasks or the two differ in number.
    """
    errors, in_domain = _matched(errors, in_domain_errors)
    return float((errors / in_domain).mean()) if np.all(in_domain > 1e-12) else float("nan")


def transfer_loss(
    errors: Real[np.ndarray, " tasks"], in_domain_errors: Real[np.ndarray, " tasks"]
) -> float:
    """Mean over tasks of the transfer error minus the in-domain error; see :func:`transfer_ratio`.

    Raises:
        ValueError: If there are no tasks or the two differ in number.
    """
    errors, in_domain = _matched(errors, in_domain_errors)
    return float((errors - in_domain).mean())


def _matched(
    errors: Real[np.ndarray, " tasks"], in_domain_errors: Real[np.ndarray, " tasks"]
) -> tuple[Float[np.ndarray, " tasks"], Float[np.ndarray, " tasks"]]:
    if not len(errors) == len(in_domain_errors) > 0:
        raise ValueError(
            f"each task has a transfer error and an in-domain error, at least 1 task; got "
            f"{len(errors)} and {len(in_domain_errors)}"
        )
    return np.asarray(errors, np.float64), np.asarray(in_domain_errors, np.float64)
