"""How uncertain predictions are."""

from jaxtyping import Float
from torch import Tensor

from da.losses.precision import full_precision


@full_precision
def entropy(logits: Float[Tensor, "m k"]) -> Float[Tensor, " m"]:
    """Entropy of each sample's prediction in nats, in [0, log k].

    Grandvalet & Bengio, *Semi-supervised Learning by Entropy Minimization*, NeurIPS 2004, Eq. 5.
    https://papers.nips.cc/paper/2740-semi-supervised-learning-by-entropy-minimization

    Its gradient vanishes at certainty and at uniform predictions. It is never negative, as it is
    where a small number is added inside the logarithm.

    Args:
        logits: Logits of the samples.
    """
    log_probabilities = logits.log_softmax(1)
    return -(log_probabilities.exp() * log_probabilities).sum(1)
