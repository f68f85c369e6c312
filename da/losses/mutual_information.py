"""Predictions that are certain on each sample and diverse over all."""

import math

from jaxtyping import Float
from torch import Tensor

from da.losses.entropy import entropy
from da.losses.precision import full_precision


@full_precision
def mutual_information(
    logits: Float[Tensor, "m k"], prior: Float[Tensor, " k"] | None = None
) -> Float[Tensor, ""]:
    """Entropy of the mean prediction less the mean entropy of the predictions, in nats.

    Bridle, Heading & MacKay, *Unsupervised Classifiers, Mutual Information and 'Phantom Targets'*,
    NeurIPS 1991; for adaptation: Liang, Hu & Feng, *Do We Really Need to Access the Source Data?*,
    ICML 2020, Eq. 3-5. https://arxiv.org/abs/2002.08546

    The first entropy is largest for classes of equal frequency. With a prior, the negative
    divergence of the mean prediction from it takes that entropy's place.

    Args:
        logits: Logits of the samples.
        prior: Positive share of each class, sum 1.

    Returns:
        A scalar in [0, log k]; with a prior, at most 0.
    """
    # the logarithm of the mean, exact where a class has next to no probability
    log_mean = logits.log_softmax(1).logsumexp(0) - math.log(len(logits))
    reference = 0.0 if prior is None else prior.log()
    return -(log_mean.exp() * (log_mean - reference)).sum() - entropy(logits).mean()
