"""How far a random class prior is from uniform."""

import numpy as np
from scipy.special import gammaln, xlogy


def dirichlet_shift(alpha: float, num_classes: int) -> float:
    """Expected total variation between a symmetric Dirichlet draw and the uniform prior.

    Closed form: half the sum over classes of the mean absolute deviation of a beta distribution
    (Johnson, Kotz & Balakrishnan, *Continuous Univariate Distributions*, vol. 2, 1995, Sec. 25.3).

    Args:
        alpha: Concentration, positive; smaller is further from uniform.
        num_classes: Number of classes.

    Returns:
        A number in [0, 1).

    Raises:
        ValueError: If alpha is not positive or there is no class.
    """
    if not alpha > 0 or num_classes < 1:
        raise ValueError(
            f"a Dirichlet prior has a positive concentration and at least 1 class; got "
            f"alpha={alpha}, num_classes={num_classes}"
        )
    if num_classes == 1 or np.isinf(alpha):
        return 0.0
    rest = (num_classes - 1) * alpha
    total = alpha + rest
    log_beta = gammaln(alpha) + gammaln(rest) - gammaln(total)
    log_deviation = xlogy(alpha, alpha) + xlogy(rest, rest) - xlogy(total + 1, total) - log_beta
    return float(num_classes * np.exp(log_deviation))
