"""How uncertain predictions are among the wrong classes."""

import math

import torch
from jaxtyping import Float, Int
from torch import Tensor

from da.losses.precision import full_precision


@full_precision
def complement_entropy(
    logits: Float[Tensor, "n k"], labels: Int[Tensor, " n"]
) -> Float[Tensor, " n"]:
    """Negative entropy among the wrong classes over its largest value, in [-1, 0].

    Liang et al., *A Balanced and Uncertainty-aware Approach for Partial Domain Adaptation*, ECCV
    2020, Eq. 7. https://arxiv.org/abs/2003.02541

    ``sum_c q_c log q_c / log(k - 1)`` over the classes other than the label, where ``q_c = p_c /
    (1 - p_label)``; 0 for two classes, whose single wrong class leaves nothing open.

    Args:
        logits: Logits of the samples.
        labels: Their classes.
    """
    k = logits.shape[1]
    right = torch.nn.functional.one_hot(labels, k).bool()
    log_q = logits.masked_fill(right, -math.inf).log_softmax(1).masked_fill(right, 0.0)
    terms = (log_q.exp() * log_q).masked_fill(right, 0.0)
    return terms.sum(1) / (math.log(k - 1) if k > 2 else 1.0)
