"""How much two classifiers disagree."""

from jaxtyping import Float
from torch import Tensor

from da.losses.precision import full_precision


@full_precision
def classifier_discrepancy(
    first: Float[Tensor, "n k"], second: Float[Tensor, "n k"]
) -> Float[Tensor, ""]:
    """Mean absolute difference of the probabilities of two classifiers, over samples and classes.

    Saito et al., *Maximum Classifier Discrepancy for Unsupervised Domain Adaptation*, CVPR 2018,
    Eq. 2. https://arxiv.org/abs/1712.02560

    Args:
        first: Logits of one classifier.
        second: Logits of the other.

    Returns:
        A scalar in ``[0, 2 / k]``, so that more classes need a larger weight.
    """
    return (first.softmax(1) - second.softmax(1)).abs().mean()
