"""How much like the target each source sample is."""

import numpy as np
from jaxtyping import Float
from torch import Tensor

from da.validators.float64 import float64
from da.validators.sampling import canonical_order

_REGULARIZATION = (1e-3, 1e-2, 1e-1, 1.0, 10.0)
_FOLDS = 5
_CLIPPED = 0.995


def density_ratio(
    train: Float[Tensor, "s d"], target: Float[Tensor, "t d"], held_out: Float[Tensor, "n d"]
) -> Float[np.ndarray, " n"]:
    """Density of the target over that of the source, at held-out source samples.

    Bickel, Brueckner & Scheffer, *Discriminative Learning for Differing Training and Test
    Distributions*, ICML 2007: a classifier of the domains says how much likelier a sample is in the
    target. It is a logistic regression of standardized features, regularized as five-fold
    cross-validation finds best; the largest half percent of the ratios are clipped.

    Args:
        train: Features of source training samples.
        target: Features of held-out target samples.
        held_out: Features of held-out source samples.

    Returns:
        Non-negative weights for :func:`iwcv` and its kin; NaN where a domain has fewer than five
        samples, a feature is not finite, or there is no sample.
    """
    source, other, wanted = (float64(x).numpy() for x in (train, target, held_out))
    enough = min(len(source), len(other)) >= _FOLDS and len(wanted) > 0
    if not enough or not all(np.isfinite(x).all() for x in (source, other, wanted)):
        return np.full(len(wanted), np.nan)
    from sklearn.model_selection import StratifiedKFold
    from sklearn.preprocessing import StandardScaler

    from da.validators.logistic import fit_logistic

    source, other = (x[canonical_order(x)] for x in (source, other))
    is_source = np.repeat([1.0, 0.0], [len(source), len(other)])
    both = np.concatenate([source, other])
    scaler = StandardScaler().fit(both)
    folds = np.empty(len(both), dtype=np.int64)
    split = StratifiedKFold(_FOLDS, shuffle=True, random_state=0).split(both, is_source)
    for fold, (_, out) in enumerate(split):
        folds[out] = fold
    fit = fit_logistic(scaler.transform(both), is_source, _REGULARIZATION, folds)
    log_odds = scaler.transform(wanted) @ fit.weights[:-1] + fit.weights[-1]
    # exp(-z) is p(target) / p(source), without the cancellation where the classifier is sure.
    ratio = len(source) / len(other) * np.exp(np.minimum(-log_odds, 700))
    return np.minimum(ratio, np.quantile(ratio, _CLIPPED))
