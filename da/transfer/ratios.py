"""Differences of accuracy as shares of what was at stake."""

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
