"""How unevenly predictions fall on the classes."""

import math

import torch
from jaxtyping import Float
from torch import Tensor

from da.losses.precision import full_precision


@full_precision
def class_balance(logits: Float[Tensor, "m k"]) -> Float[Tensor, ""]:
    """Binary cross-entropy of each class's mean probability with ``1 / k``, averaged over classes.

    French, Mackiewicz & Fisher, *Self-Ensembling for Visual Domain Adaptation*, ICLR 2018, Sec.
    3.4. https://arxiv.org/abs/1706.05208

    Args:
        logits: Logits of the samples.

    Returns:
        A scalar; smallest, the entropy of a coin of chance ``1 / k``, if all classes are equally
        frequent.
    """
    k = logits.shape[1]
    log_mean = logits.log_softmax(1).logsumexp(0) - math.log(len(logits))
    # the least number below 1 keeps the logarithm finite when one class takes all
    log_rest = torch.log1p(-log_mean.exp().clamp_max(1 - torch.finfo(logits.dtype).eps))
    return -(log_mean + (k - 1) * log_rest).mean() / k
