"""How far an adversarial classifier can disagree on the target while it agrees on the source."""

import torch
from jaxtyping import Float, Int
from torch import Tensor

from da.losses.precision import full_precision


@full_precision
def margin_disparity(
    source: Float[Tensor, "n k"],
    target: Float[Tensor, "m k"],
    source_predictions: Int[Tensor, " n"],
    target_predictions: Int[Tensor, " m"],
    *,
    margin: float = 4.0,
) -> Float[Tensor, ""]:
    """Disparity discrepancy of one adversarial classifier, which it maximizes.

    Zhang et al., *Bridging Theory and Algorithm for Domain Adaptation*, ICML 2019, Eq. 30.
    https://arxiv.org/abs/1904.05801

    ``mean_t log(1 - p_y) + margin mean_s log p_y``, where ``p`` is the adversary's softmax and
    ``y`` the prediction of the classifier. ``log(1 - p_y)`` is a difference of two log-sum-exps:
    it neither rounds to minus infinity nor loses its gradient where the adversary is confident.

    Args:
        source: Adversary's logits of source samples.
        target: Adversary's logits of target samples; the batch may have another size.
        source_predictions: Classifier's classes of the source samples.
        target_predictions: Classifier's classes of the target samples.
        margin: The paper's ``gamma = exp(rho)``; positive.

    Returns:
        A negative scalar; at the optimum of the adversary between equal domains ``p_y`` is
        ``margin / (1 + margin)``.
    """
    agreement = source.log_softmax(1).gather(1, source_predictions[:, None]).mean()
    chosen = torch.zeros_like(target).scatter(1, target_predictions[:, None], float("-inf"))
    disagreement = ((target + chosen).logsumexp(1) - target.logsumexp(1)).mean()
    return disagreement + margin * agreement
