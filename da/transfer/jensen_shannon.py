"""The label-shift floor as first published, by the Jensen-Shannon distance."""

import numpy as np
from jaxtyping import Float, Real
from scipy.special import rel_entr


def jensen_shannon(p: Real[np.ndarray, " k"], q: Real[np.ndarray, " k"]) -> float:
    """Jensen-Shannon divergence of two distributions over classes, in bits: in [0, 1].

    Lin, *Divergence Measures Based on the Shannon Entropy*, IEEE Trans. Inf. Theory 1991.
    https://doi.org/10.1109/18.61115
    """
    p, q = np.asarray(p, np.float64), np.asarray(q, np.float64)
    middle = (p + q) / 2
    return float((_divergence(p, middle) + _divergence(q, middle)) / 2)


def jensen_shannon_floor(priors: float, predictions: float) -> float:
    """Lower bound of source error plus target error, for any predictor of two classes.

    Zhao et al., *On Learning Invariant Representations for Domain Adaptation*, ICML 2019, Thm.
    4.3. https://arxiv.org/abs/1901.09453

    :func:`~da.transfer.label_shift_floor` is the tighter bound where predictions are aligned, and
    holds for any number of classes.

    Args:
        priors: Divergence of the class priors of source and target, in bits.
        predictions: Divergence of the distributions of predictions, in bits.

    Returns:
        A number in [0, 0.5]; 0 if the predictions differ at least as much as the priors.

    Raises:
        ValueError: If a divergence is outside [0, 1].
    """
    if not (0 <= priors <= 1 and 0 <= predictions <= 1):
        raise ValueError(
            f"divergences in bits are in [0, 1]; got priors={priors}, predictions={predictions}"
        )
    return max(0.0, priors**0.5 - predictions**0.5) ** 2 / 2


def _divergence(p: Float[np.ndarray, " k"], q: Float[np.ndarray, " k"]) -> float:
    return float(rel_entr(p, q).sum() / np.log(2))
