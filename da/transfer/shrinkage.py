"""Differences of single classes, drawn towards zero as far as they are noise."""

import numpy as np
from jaxtyping import Float, Real


def shrink(
    delta: Real[np.ndarray, " k"], variances: Real[np.ndarray, " k"]
) -> Float[np.ndarray, " k"]:
    """Shrink differences of classes, for display: the largest of many are large by chance.

    Efron & Morris, *Data Analysis Using Stein's Estimator and Its Generalizations*, JASA 1975.
    https://doi.org/10.1080/01621459.1975.10479864

    Each difference is multiplied by ``tau2 / (tau2 + variance)``, where ``tau2`` is the mean of
    the squared differences beyond their variances. Tests and intervals take the raw ones.

    Args:
        delta: Difference of recall of each class; NaN where a class has none.
        variances: Variance of each, such as ``total`` of
            :func:`~da.transfer.variance_components`; NaN where it is not known.

    Returns:
        Differences nearer zero; NaN where delta or its variance is.

    Raises:
        ValueError: If the two differ in length or a variance is negative.
    """
    delta, variances = np.asarray(delta, np.float64), np.asarray(variances, np.float64)
    if delta.shape != variances.shape or np.any(variances < 0):
        raise ValueError(
            f"each difference has a variance of at least 0; got {variances.tolist()} for "
            f"{len(delta)} differences"
        )
    known = ~np.isnan(delta) & ~np.isnan(variances)
    if not known.any():
        return np.full_like(delta, np.nan)
    tau2 = max(0.0, float((delta[known] ** 2 - variances[known]).mean()))
    total = tau2 + variances
    return delta * np.divide(tau2, total, out=np.ones_like(total), where=total != 0)
